"""Keep the embedded AWS running: ``python -m local_aws [--port PORT] [--speed SPEED]``.

Prints the environment variables with which the CDK CLI, the AWS CLI, SDKs and apps use it, and runs until it is
interrupted.
"""

import argparse
import signal
import sys
import threading

from local_aws.server import LocalAws


def main() -> None:
    """Run until SIGINT or SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m local_aws", description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--port", type=int, default=0, help="loopback port (default: a free one)")
    parser.add_argument("--speed", type=float, default=60.0, help="AWS seconds per real second (default: 60)")
    arguments = parser.parse_args()
    interrupted = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: interrupted.set())
    with LocalAws(speed=arguments.speed, port=arguments.port) as aws:
        for name, value in aws.environment.items():
            sys.stdout.write(f"export {name}={value}\n")
        sys.stdout.write("# The embedded AWS is running; Ctrl-C ends it. Begin with: cdk bootstrap\n")
        sys.stdout.flush()
        interrupted.wait()


if __name__ == "__main__":
    main()
