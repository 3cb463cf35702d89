"""Object storage on loopback: moto's server, for tests of lakes at s3://…"""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flows.server import free_port


@contextmanager
def storage_server(folder: Path, bucket: str) -> Iterator[dict[str, str]]:
    """A server with an empty *bucket*, its log below *folder*; yields the environment that names it."""
    import boto3
    from botocore.exceptions import BotoCoreError

    port, log = free_port(), folder / "log"
    environment = {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}", "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "somebody", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_EC2_METADATA_DISABLED": "true",
    }  # fmt: skip
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with log.open("wb") as stream:
        server = subprocess.Popen(command, stdout=stream, stderr=stream)
    client = boto3.client(
        "s3",
        endpoint_url=environment["AWS_ENDPOINT_URL"],
        region_name="us-east-1",
        aws_access_key_id="somebody",
        aws_secret_access_key="secret",
    )
    try:
        until = time.monotonic() + 60
        while True:
            try:
                client.create_bucket(Bucket=bucket)
                break
            except BotoCoreError:
                assert server.poll() is None and time.monotonic() < until, log.read_text()
                time.sleep(0.3)
        yield environment
    finally:
        server.kill()
        server.wait(10)
