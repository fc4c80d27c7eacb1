"""Tests of set-up: locks, the embedded database, the supervisor, demonstration mode, the container files."""
