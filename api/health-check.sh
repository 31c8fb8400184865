#!/bin/bash
# Exit 0 while the API answers. Bash instead of a second Node: the check costs milliseconds and 4 MB, not 50.
exec 3<>"/dev/tcp/127.0.0.1/${PORT:-3000}" || exit 1
printf 'GET /api/health/live HTTP/1.0\r\nHost: localhost\r\n\r\n' >&3
read -r -t 4 _ status _ <&3
[ "$status" = 200 ]
