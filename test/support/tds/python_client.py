"""Asks a server of TDS with python-tds: values of each type, a procedure with parameters, errors. Prints JSON."""

import json
import sys

import pytds

host, port, user, password, statement = sys.argv[1:6]
parameters = tuple(json.loads(sys.argv[6])) if len(sys.argv) > 6 else ()
try:
    with pytds.connect(
        dsn=host, port=int(port), user=user, password=password, autocommit=True, login_timeout=10, timeout=10
    ) as connection:
        with connection.cursor() as cursor:
            if parameters:
                cursor.callproc(statement, parameters)
            else:
                cursor.execute(statement)
            names = [column[0] for column in cursor.description]
            rows = [[None if value is None else str(value) for value in row] for row in cursor.fetchall()]
            print(json.dumps({"names": names, "rows": rows, "version": connection.tds_version}))
except pytds.Error as error:
    print(json.dumps({"error": type(error).__name__, "text": str(error)}))
