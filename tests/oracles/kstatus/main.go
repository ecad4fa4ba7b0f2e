// Command kstatus says of Kubernetes objects what kstatus says: the judge that Flux waits by, and the one in Helm 4's --wait.
//
// It reads one JSON object a line, and answers each with a line: the status, a tab, and the message as a JSON string.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/fluxcd/cli-utils/pkg/kstatus/status"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

func main() {
	if err := judge(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func judge(in io.Reader, out io.Writer) error {
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadBytes('\n')
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		// Not by encoding/json: its numbers are floats, and kstatus knows no generation among those.
		object := &unstructured.Unstructured{}
		if err := object.UnmarshalJSON(line); err != nil {
			return err
		}
		result, err := status.Compute(object)
		if err != nil {
			return err
		}
		message, err := json.Marshal(result.Message)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%s\t%s\n", result.Status, message)
	}
}
