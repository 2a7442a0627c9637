"""The command line: `python -m bot run`, `train`, `chat`, `classify`, `evaluate`, `content`, `themes`, `accounts` and so on."""

from __future__ import annotations

import os
import sys

# Before anything imports Rasa: no telemetry, no TensorFlow chatter, no debug lines with a person's words.
os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
os.environ.setdefault("TQDM_DISABLE", "1")
os.environ.setdefault("SANIC_IGNORE_PRODUCTION_WARNING", "true")
# Many people at once: one thread for each message that is encoded is a third cheaper than two that wait for each other.
# Two for all else, whatever number of cores a machine says it has: a container may use but a few of them.
os.environ.setdefault("OMP_NUM_THREADS", "1" if sys.argv[1:2] == ["run"] else "2")

from bot.commands import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
