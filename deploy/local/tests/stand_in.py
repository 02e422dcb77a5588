"""Stands in for one of our processes: answers /readyz on REGRADE_PORT; told to on /die, it dies with a last word."""

import http.server
import os
import sys


class Door(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/die":
            print("the roof came down", flush=True)
            os._exit(3)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(os.environ["REGRADE_DATABASE_URL"].encode())


if __name__ == "__main__":
    if sys.argv[1:] == ["broken"]:
        sys.exit("there is no database")
    http.server.ThreadingHTTPServer((os.environ["REGRADE_HOST"], int(os.environ["REGRADE_PORT"])), Door).serve_forever()
