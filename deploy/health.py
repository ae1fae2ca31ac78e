"""Ends with status 0 when the service in this container is ready, with 1 when it is not: for HEALTHCHECK, since a slim
image has no curl."""

import http.client
import os
import sys

SECONDS = 4


def main() -> int:
    connection = http.client.HTTPConnection("127.0.0.1", int(os.environ["PUNK_SERVE_PORT"]), timeout=SECONDS)
    try:
        connection.request("GET", "/v2/health/ready")
        return 0 if connection.getresponse().status == 200 else 1
    except (OSError, http.client.HTTPException) as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main())
