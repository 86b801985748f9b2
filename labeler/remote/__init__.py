"""Datasets in an object store or on the Hub, read through a folder here and never written to.

Opening lists the store and fetches metadata and rows; a video is fetched when it is first read.
"""

from labeler.remote.address import remote_url, require_folder
from labeler.remote.mirror import Mirror, local_root, mirror_of

__all__ = ["Mirror", "local_root", "mirror_of", "remote_url", "require_folder"]
