"""An S3 server on loopback, a process of its own, and a bucket in it."""

import os
import re
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

BUCKET = "robots"
_OPEN = str(10**9)
_READ = (
    '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", '
    '"Action": ["s3:Get*", "s3:List*"], "Resource": "*"}]}'
)
_START = 120.0  # seconds


class S3Server:
    """Everybody may do everything, until `reader` makes a key that may read."""

    def __init__(self, folder: Path) -> None:
        self._log = folder / "s3.log"
        self._process = self._start()
        self.endpoint = self._address()
        self.s3 = self.client("s3")
        self.s3.create_bucket(Bucket=BUCKET)

    def client(self, service: str) -> Any:
        """A client of an administrator."""
        return boto3.client(
            service,
            endpoint_url=self.endpoint,
            region_name="us-east-1",
            aws_access_key_id="admin",
            aws_secret_access_key="admin",
            config=Config(proxies={}),
        )

    def put(self, root: Path, prefix: str) -> str:
        """Upload a folder; its address comes back."""
        for path in sorted(root.rglob("*")):
            if path.is_file():
                key = f"{prefix}/{path.relative_to(root).as_posix()}"
                self.s3.put_object(Bucket=BUCKET, Key=key, Body=path.read_bytes())
        return f"s3://{BUCKET}/{prefix}"

    def objects(self) -> dict[str, tuple[str, int]]:
        """Every object with its tag and size."""
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
        found = (one for page in pages for one in page.get("Contents", ()))
        return {one["Key"]: (one["ETag"], one["Size"]) for one in found}

    def reader(self) -> tuple[str, str]:
        """A key that may only read; from now on the server asks for one that it knows."""
        iam = self.client("iam")
        iam.create_user(UserName="reader")
        iam.put_user_policy(UserName="reader", PolicyName="read", PolicyDocument=_READ)
        key = iam.create_access_key(UserName="reader")["AccessKey"]
        self._ask("0")
        return key["AccessKeyId"], key["SecretAccessKey"]

    def stop(self) -> None:
        """As a network that is gone."""
        self._process.kill()
        self._process.wait()

    def _ask(self, unasked: str) -> None:
        request = urllib.request.Request(
            f"{self.endpoint}/moto-api/reset-auth",
            data=unasked.encode(),
            headers={"Content-Type": "text/plain"},  # else it is taken for a form
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        opener.open(request).read()

    def _start(self) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"]
        settings = os.environ | {"INITIAL_NO_AUTH_ACTION_COUNT": _OPEN}
        with self._log.open("ab") as log:
            return subprocess.Popen(command, env=settings, stdout=log, stderr=log)

    def _address(self) -> str:
        """At the port that the server has found for itself; it says so once it listens."""
        end = time.monotonic() + _START
        while time.monotonic() < end:
            said = self._log.read_text()
            if found := re.search(r"Running on (http://127\.0\.0\.1:\d+)", said):
                return found[1]
            assert self._process.poll() is None, said
            time.sleep(0.05)
        raise AssertionError("the S3 server did not come up")
