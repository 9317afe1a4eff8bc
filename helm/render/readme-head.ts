/** How README.md of the chart begins. */
export const README_HEAD = `# The chart omd-worker

<!-- Rendered from values.yaml: npm run chart -->

Pools of omd-worker, a check worker for Naemon, Nagios and OMD with mod_gearman: a Deployment for each kind of checks, each with
queues, plugins, credentials and network rules of its own. How to install it in ten minutes, and why it is made so, is in
\`docs/kubernetes.md\` of the project. No image is public: build and push them first (\`images/build.sh\`).

\`\`\`sh
kubectl create secret generic omd-gearman --from-file=key=/etc/mod-gearman/secret.key
helm upgrade --install omd helm/omd-worker --set image.registry=registry.example.org/monitoring \\
  --set 'gearman.servers={192.0.2.10:4730}' --set gearman.existingSecret=omd-gearman \\
  --wait --timeout 10m
helm test omd
\`\`\`

Helm 3 and 4; Kubernetes 1.27 and newer. All objects are in the namespace of the release, none is cluster-wide. With Helm 3, \`--atomic\` is what Helm 4
calls \`--rollback-on-failure\`.

## Pools

\`pools\` is a map by name. A pool is \`poolDefaults\`, with what its own entry says merged over it: maps key by key, lists as a whole. A pool of your own is
one more entry; \`enabled: false\` takes one away.

\`\`\`yaml
pools:
  snmp:
    replicas: 3
    queues:
      servicegroups: [snmp, network]
    config:
      max-worker: 100
      job_timeout: 30
    credentials:
      secretDir:
        - name: snmp-communities        # $SECRET:core$ on a command line is the entry core of this Secret
  oracle:
    image:
      repository: omd-oracle-worker     # yours: omd-db-worker with Oracle's client and its plugin, which no image of the project has
    queues:
      hostgroups: [oracle]
    egress:
      targets: [10.20.0.0/16]
      ports:
        - { port: 1521, protocol: TCP }
\`\`\`

## The worker's options

\`config\` of a pool has the options of worker.conf, by the names of \`docs/configuration.md\`; yes and no are \`true\` and
\`false\`, lists are lists. An unknown name, or a value that the worker would warn about, is refused:

\`\`\`
at '/pools/snmp/config': additional properties 'maxworker' not allowed
\`\`\`

| option | is set by |
|---|---|
| \`server\`, \`dupserver\`, \`encryption\`, \`key\`, \`keyfile\`, \`accepted_keyfile\`, \`dupserver_keyfile\` | \`gearman\` |
| \`tls\`, \`tls_ca_file\`, \`tls_certificate\`, \`tls_key\`, \`tls_server_name\` | \`gearman.tls\`, and \`credentials.tlsSecret\` of the pool |
| \`hosts\`, \`services\`, \`eventhandler\`, \`notifications\`, \`hostgroups\`, \`servicegroups\` | \`queues\` of the pool |
| \`secret_dir\` | \`credentials.secretDir\` of the pool |
| \`prometheus_server\` | \`metrics.port\` |
| \`reload_on_change\` | \`configChange\` of the pool |
| \`identifier\`, \`pidfile\`, \`daemon\`, \`logfile\`, \`logmode\` | the chart: the pod's name, the foreground, standard output |

What a change does:

| changed | with \`configChange: reload\` | with \`rollout\` |
|---|---|---|
| options, queues, job servers | the ConfigMap changes, the workers of this pool take it over within about a minute (kubelet's time), no pod is replaced | the pods of this pool are replaced |
| the key, in the Secret you name | taken over in the same way | at the next roll-out |
| certificates of TLS, in their Secret | taken over in the same way: new connections, running checks go on | at the next roll-out |
| the key, in \`gearman.key\` | taken over in the same way | the pods of all pools with \`rollout\` are replaced |
| options that count at a start (\`log_format\`, \`control_socket\`, \`status_page\`, \`status_page_auth\`) | the pods of this pool are replaced | the same |
| \`credentials.secretDir\`: what is in the Secrets | the next job has it | the same |
| images, resources, everything else of the pods | the pods of this pool are replaced | the same |

## Values
`;
