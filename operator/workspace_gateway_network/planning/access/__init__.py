"""What a network security group does with traffic: exact sets of packets, service tags as sets of which only some facts are known."""
