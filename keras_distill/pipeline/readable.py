"""What a person sees of an error: one sentence."""

import functools
import sys

import typer


def readable(command):
    """A bad input ends in one sentence and exit code 2, an interrupt in 130."""

    @functools.wraps(command)
    def wrapped(*args, **kwargs):
        try:
            return command(*args, **kwargs)
        except typer.Exit:  # a RuntimeError, but no error
            raise
        except KeyboardInterrupt:
            print(
                "\nInterrupted. Finished stages are kept: the same command goes on from there.",
                file=sys.stderr,
            )
            raise typer.Exit(130) from None
        except (ValueError, OSError, RuntimeError) as error:
            print(f"Error: {error}", file=sys.stderr)
            raise typer.Exit(2) from None

    return wrapped
