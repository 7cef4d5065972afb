"""Keep an embedded AWS running, for any app: ``python -m local_aws [run | start | env | stop]``.

- ``run`` stays in the foreground until it is interrupted, and prints its environment variables.
- ``start`` returns when it runs in the background; ``env`` prints its environment variables, ``stop`` ends it.

What goes to the standard output can be evaluated by a shell; everything else goes to the standard error.
"""

import argparse
import signal
import sys
import threading
from collections.abc import Sequence

from local_aws import background, personalize
from local_aws.server import LocalAws

_NEXT = """\
# The embedded AWS is running at {endpoint}. In the shell of your app:
#   eval "$(make -s -C {folder} local-aws-env)"
#   cdk bootstrap && cdk deploy
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says.

    Args:
        arguments: The command line; by default that of this process.

    Returns:
        The process's exit code.
    """
    parser = argparse.ArgumentParser(prog="python -m local_aws", description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("command", nargs="?", choices=("run", "start", "env", "stop"), default="run")
    parser.add_argument("--port", type=int, default=0, help="loopback port (default: a free one)")
    parser.add_argument("--speed", type=float, default=60.0, help="AWS seconds per real second (default: 60)")
    parser.add_argument(
        "--import-seconds", type=float, default=360.0, help="AWS seconds that an import takes (default: 360)"
    )
    given = parser.parse_args(arguments)
    options = ("--port", str(given.port), "--speed", str(given.speed), "--import-seconds", str(given.import_seconds))
    try:
        if given.command == "run":
            _run(given.port, given.speed, given.import_seconds)
        elif given.command == "start":
            found = background.start(options)
            sys.stderr.write(_NEXT.format(endpoint=found["AWS_ENDPOINT_URL"], folder=background.FOLDER))
        elif given.command == "env":
            sys.stdout.write(background.exports(background.environment()))
        else:
            background.stop()
    except (background.BackgroundError, OSError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _run(port: int, speed: float, import_seconds: float) -> None:
    interrupted = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: interrupted.set())
    with LocalAws(speed=speed, port=port) as aws:
        personalize.backend(aws).import_seconds = import_seconds
        sys.stdout.write(background.exports(aws.environment))
        sys.stdout.flush()
        with background.announced(aws.environment):
            sys.stderr.write("# The embedded AWS is running; Ctrl-C ends it. Begin with: cdk bootstrap\n")
            sys.stderr.flush()
            interrupted.wait()


if __name__ == "__main__":
    sys.exit(main())
