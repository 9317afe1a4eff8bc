/** The machines of a web shop. Each has an address of the loopback network, so that it can be pinged. */
export const HOSTS = {
  lb1: "127.0.0.11",
  web1: "127.0.0.12",
  web2: "127.0.0.13",
  app1: "127.0.0.21",
  db1: "127.0.0.31",
  db2: "127.0.0.32",
  cache1: "127.0.0.33",
  mail1: "127.0.0.41",
  voip1: "127.0.0.42",
  files1: "127.0.0.51",
  switch1: "127.0.0.61",
  switch2: "127.0.0.62",
  ups1: "127.0.0.63",
  printer1: "127.0.0.64",
  monitor1: "127.0.0.1",
} as const;

export type HostName = keyof typeof HOSTS;
