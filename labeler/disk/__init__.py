"""The only room that changes a file system.

Every function either makes something new or replaces it by a rename; nothing is ever written
through a link, and nothing counts as written before it is synced to the disk, but for what can be
made again.
"""

from labeler.disk.appended_file import AppendedFile, append_line
from labeler.disk.files import (
    Data,
    NewFile,
    OnBytes,
    copy_file,
    free_bytes,
    free_name,
    keep_aside,
    make_folders,
    make_new_folder,
    make_newer,
    mark_used,
    put_in_place,
    remove_file,
    remove_tree,
    rename,
    sync_folder,
    sync_made,
    sync_together,
    sync_tree,
    write_file,
)
from labeler.disk.staging import (
    is_staged,
    new_folder,
    new_stream,
    relink,
    remove_all_staged,
    remove_staged,
    rewrite,
)

__all__ = [
    "AppendedFile",
    "Data",
    "NewFile",
    "OnBytes",
    "append_line",
    "copy_file",
    "free_bytes",
    "free_name",
    "is_staged",
    "keep_aside",
    "make_folders",
    "make_new_folder",
    "make_newer",
    "mark_used",
    "new_folder",
    "new_stream",
    "put_in_place",
    "relink",
    "remove_all_staged",
    "remove_file",
    "remove_staged",
    "remove_tree",
    "rename",
    "rewrite",
    "sync_folder",
    "sync_made",
    "sync_together",
    "sync_tree",
    "write_file",
]
