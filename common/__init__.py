"""What at least two apps borrow, and which knows none of them: docs/structure.md lists the modules, a line each."""
