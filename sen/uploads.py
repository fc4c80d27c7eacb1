"""Files that a form brings: bounded, and kept until the answer where no crash leaves them behind."""

from __future__ import annotations

from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

if TYPE_CHECKING:
    _UploadedFile = UploadedFile[Any]
else:
    _UploadedFile = UploadedFile

IN_MEMORY = 1024 * 1024


class Received(_UploadedFile):
    """A file as it arrived. `size` is what was sent; `is_whole` is false where no more than that was kept of it."""

    is_whole = True


class BoundedUpload(FileUploadHandler):
    """Keeps no more than FILE_BYTES of a file and REQUEST_BYTES of all files of a request; the rest is counted alone.

    Django's own handler keeps what is sent, however much, under a name that a killed worker leaves in the folder.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.room = settings.REQUEST_BYTES

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.kept = 0
        self.file = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - closed with the request

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if len(raw_data) <= min(self.room, settings.FILE_BYTES - self.kept) and self.kept == start:
            self.file.write(raw_data)
            self.kept += len(raw_data)
            self.room -= len(raw_data)

    def file_complete(self, file_size: int) -> Received:
        self.file.seek(0)
        kept: Any = self.file
        received = Received(kept, self.file_name, self.content_type, file_size, self.charset)
        received.is_whole = self.kept == file_size
        return received
