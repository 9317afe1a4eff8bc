#!/usr/bin/python3
# omd-worker: warm
# How many articles of the demo's shop are low. The worker compiles this plugin once.
import argparse
import re
import socket
import sys


def read_page(host, port):
    with socket.create_connection((host, port), timeout=5) as connection:
        connection.sendall(f"GET /stock HTTP/1.0\r\nHost: {host}\r\n\r\n".encode())
        return b"".join(iter(lambda: connection.recv(4096), b"")).decode()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("-H", dest="host", required=True)
    parser.add_argument("-p", dest="port", type=int, required=True)
    parser.add_argument("-w", dest="warning", type=int, required=True)
    parser.add_argument("-c", dest="critical", type=int, required=True)
    options = parser.parse_args()
    try:
        page = read_page(options.host, options.port)
    except OSError as error:
        print(f"STOCK CRITICAL - {options.host} does not answer: {error}")
        return 2
    found = re.search(r"^articles (\d+)\s+low (\d+)", page, re.MULTILINE)
    if found is None:
        print(f"STOCK UNKNOWN - {options.host} tells no stock")
        return 3
    articles, low = map(int, found.groups())
    state = 2 if low > options.critical else 1 if low > options.warning else 0
    name = ("OK", "WARNING", "CRITICAL")[state]
    limits = f"{options.warning};{options.critical};0;{articles}"
    print(f"STOCK {name} - {low} of {articles} articles are low|low={low};{limits}")
    return state


sys.exit(main())
