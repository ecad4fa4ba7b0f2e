"""Sets of packets as boxes, one integer a dimension with one bit for each of its points; and what of them is left."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

Box = tuple[int, int, int, int, int]
"""Some packets: those that are in the set of every dimension. There are none where one of the sets is empty."""
_Rest = tuple[int, int, int, int]
"""A box without its first dimension, the far side."""


def meet(box: Box, other: Box) -> Box:
    """What two boxes share."""
    return (box[0] & other[0], box[1] & other[1], box[2] & other[2], box[3] & other[3], box[4] & other[4])


def beginning(box: Box) -> tuple[int, ...]:
    """What to sort boxes by: those with TCP come before those with other protocols only, then low ports and addresses before high ones."""
    far, protocol, destination_port, source_port, near = (points & -points for points in box)
    return (protocol, destination_port, far, near, source_port)


class Remainder:
    """What is left of some packets while others are taken out.

    The dimensions but the far side are cut into boxes that share nothing, and each of these has its own set of points at the far side. Most
    rules differ in that side only, which cuts nothing: a thousand of them leave few boxes.
    """

    def __init__(self, boxes: Iterable[Box]) -> None:
        """The boxes differ in more than the far side."""
        self._whole = list(boxes)
        self._left: dict[_Rest, int] = {_rest(box): box[0] for box in self._whole}
        self._open = -1
        """The points at the far side at which anything is left."""
        self._touched = 0
        """Those at which some may have gone, and some not."""

    @property
    def boxes(self) -> list[Box]:
        """What is left, as boxes that share nothing."""
        return [(open_, *rest) for rest, far in self._left.items() if (open_ := far & self._open)]

    def take(self, box: Box) -> list[Box]:
        """Take out all that lies in a box. What differs in the last dimension only is one in the answer."""
        far = box[0] & self._open
        if not far:
            return []
        if any(whole[1] & ~box[1] or whole[2] & ~box[2] or whole[3] & ~box[3] or whole[4] & ~box[4] for whole in self._whole):
            self._touched |= far
            return self._cut(far, box)
        untouched, touched = far & ~self._touched, far & self._touched
        taken = [(part, *_rest(whole)) for whole in self._whole if (part := whole[0] & untouched)]
        if touched:
            taken += self._cut(touched, box)
        self._open &= ~far
        return taken

    def _cut(self, far: int, box: Box) -> list[Box]:
        near = box[4]
        taken: dict[_Rest, int] = {}
        for rest, there in [(rest, there) for rest, there in self._left.items() if rest[3] & near and there & far]:
            inside = (rest[0] & box[1], rest[1] & box[2], rest[2] & box[3], rest[3] & near)
            if not (inside[0] and inside[1] and inside[2]):
                continue
            if inside != rest:
                del self._left[rest]
                self._left |= dict.fromkeys(_beyond(rest, inside), there)
            self._left[inside] = there & ~far
            like = (there & far, inside[0], inside[1], inside[2])
            taken[like] = taken.get(like, 0) | inside[3]
        return [(*like, near) for like, near in taken.items()]


def _rest(box: Box) -> _Rest:
    return (box[1], box[2], box[3], box[4])


def _beyond(rest: _Rest, inside: _Rest) -> Iterator[_Rest]:
    """What is not inside, as boxes that share nothing."""
    if outside := rest[0] & ~inside[0]:
        yield (outside, rest[1], rest[2], rest[3])
    if outside := rest[1] & ~inside[1]:
        yield (inside[0], outside, rest[2], rest[3])
    if outside := rest[2] & ~inside[2]:
        yield (inside[0], inside[1], outside, rest[3])
    if outside := rest[3] & ~inside[3]:
        yield (inside[0], inside[1], inside[2], outside)
