"""From a push to a live release, with nobody at the server.

A push: pre-receive (`hooks`, `push`) takes the content out of git (`git`, `commits`, `intake`), has
the installed software build it in a process of its own (`builder`, `make_site`, `previews`) and
tells the pusher what changes (`receipt`). The worker (`worker`) makes a release of the build that
passed (`assembly`, `compression`), switches to it and looks whether readers get it (`releases`,
`promotion`, `smoke`, `websub`); a person can go back (`rollback`, `pins`).

A server: `install` makes one, of `repository`, `software`, and the files in `server/` for nginx and
systemd (`configuration`, `settings`); `upgrade` lets another version build.

Beside it: the status without a build (`status`, `refreshing`, `around`), the newsletter's endpoint
(`answering`), and a site or its status brought elsewhere (`remote`, `manifest`, `rclone`,
`headers`). `layout` says where everything lies, `model` what flows between them.
"""
