"""From a push to a live release, with nobody at the server.

pre-receive (`hooks`) takes the pushed content out of git (`intake`), has the installed software
build it (`builder`) and tells the pusher what changes (`receipt`); the worker (`worker`) makes a
release of the build that passed and switches to it (`releases`). `layout` says where everything
lies, `model` what flows between them.
"""
