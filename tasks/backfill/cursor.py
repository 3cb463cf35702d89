"""A cursor over the decoded bytes of an archive that knows where in the file each of them comes from."""

from __future__ import annotations

from collections.abc import Iterator

from tasks.backfill.pieces import Fault, Piece

RECORD = b"WARC/"


class Cursor:
    """The bytes not parsed yet (``data`` from ``at`` on); ``fault`` is what is wrong right after the last of them."""

    __slots__ = ("_pieces", "_spans", "at", "data", "ended", "fault")

    def __init__(self, pieces: Iterator[Piece]) -> None:
        """Start before the first piece."""
        self._pieces = pieces
        self._spans: list[tuple[int, Piece]] = []
        self.data = b""
        self.at = 0
        self.fault: Fault | None = None
        self.ended = False

    def more(self) -> bool:
        """Add the next piece and drop what lies before ``at``, which becomes 0; False at a fault and at the end.

        Small pieces are added several at once, so that joining them costs no more than their length in all.
        """
        cut, size = self.at, len(self.data) - self.at
        added: list[tuple[int, Piece]] = []
        wanted = size + size // 4
        while self.fault is None and not self.ended and (not added or size < wanted):
            piece = next(self._pieces, None)
            if piece is None:
                self.ended = True
                break
            added.append((size, piece))
            size += len(piece.data)
            self.fault = piece.fault
        if not added:
            return False
        kept = [self.data[cut:]] if cut < len(self.data) else []
        self._spans = [(start - cut, p) for start, p in self._spans if start + len(p.data) > cut] + added
        self.data = b"".join((*kept, *(p.data for _, p in added))) if kept or added[1:] else added[0][1].data
        self.at = 0
        return True

    def fill(self, want: int) -> bool:
        """Whether *want* bytes lie after ``at``, once as many pieces as that takes were added."""
        while len(self.data) - self.at < want:
            if not self.more():
                return False
        return True

    def pass_fault(self) -> tuple[Fault, Piece]:
        """The fault at the end of the data and the piece that it came with; reading goes on behind it."""
        fault = self.fault
        assert fault is not None, "called only at a fault"
        self.fault = None
        return fault, self._spans[-1][1]

    def is_member_end(self, index: int) -> bool:
        """Whether the byte before *index* is the last of its member."""
        start, piece = self._spans[-1]
        if index == start + len(piece.data):
            return piece.last
        return any(index == start and piece.first for start, piece in self._spans)

    def record_member(self, begin: int, end: int) -> int:
        """Index of the first member that begins with a record in *begin* … *end*; −1 when there is none."""
        for start, piece in self._spans:
            if begin <= start < end and piece.first and self.data.startswith(RECORD, start):
                return start
        return -1

    def locate(self, begin: int, end: int) -> tuple[int, int]:
        """(offset, length) in the file of the bytes from *begin* to *end*.

        Exact for plain files and for whole members.  Inside a member: the member's offset plus the decoded distance,
        and the decoded length, because compressed bytes have no finer address.
        """
        first_start, first = self._spans[0]
        for start, piece in self._spans:
            if start > begin:
                break
            first_start, first = start, piece
        offset = first.offset + begin - first_start
        if begin == first_start and first.first:
            for start, piece in self._spans:
                if end == start + len(piece.data) and piece.last:
                    return offset, piece.end - offset
        return offset, end - begin
