/*
 * Images that people honestly use, written as they write them: popular third-party images of many registries, in large
 * part by publishers whom the catalogue does not know. A judge of names that calls one of them a look-alike is wrong.
 */
const GROUPS = [
  // Home lab and media: mostly one person's or one small project's
  `
  containrrr/watchtower containrrr/watchtower:1.7.1 jwilder/nginx-proxy jwilder/nginx-proxy:alpine
  jwilder/docker-gen jwilder/whoami jwilder/dockerize nginxproxy/nginx-proxy nginxproxy/nginx-proxy:1.6
  nginxproxy/acme-companion nginxproxy/docker-gen jrcs/letsencrypt-nginx-proxy-companion
  jc21/nginx-proxy-manager jc21/nginx-proxy-manager:2.11.3 jlesage/nginx-proxy-manager jlesage/firefox
  jlesage/handbrake jlesage/makemkv jlesage/jdownloader-2 jlesage/mkvtoolnix jlesage/crashplan-pro
  jlesage/filebot linuxserver/plex linuxserver/sonarr:latest linuxserver/radarr linuxserver/nextcloud
  linuxserver/swag lscr.io/linuxserver/code-server:latest lscr.io/linuxserver/qbittorrent
  lscr.io/linuxserver/wireguard:latest lscr.io/linuxserver/mariadb ghcr.io/linuxserver/heimdall
  ghcr.io/hotio/radarr ghcr.io/hotio/sonarr:release ghcr.io/hotio/qbittorrent hotio/prowlarr
  cr.hotio.dev/hotio/bazarr binhex/arch-qbittorrentvpn binhex/arch-delugevpn binhex/arch-sonarr
  binhex/arch-krusader binhex/arch-plexpass haugene/transmission-openvpn haugene/transmission-openvpn:5.3
  qmcgaw/gluetun qmcgaw/gluetun:v3.39 dperson/openvpn-client dperson/samba dperson/torproxy crazymax/samba
  crazymax/diun:latest crazymax/rtorrent-rutorrent crazymax/swarm-cronjob crazymax/fail2ban crazymax/ftpgrab
  ghcr.io/crazy-max/diun kylemanna/openvpn hwdsl2/ipsec-vpn-server hwdsl2/openvpn-server weejewel/wg-easy
  ghcr.io/wg-easy/wg-easy:14 masipcat/wireguard-go cmulk/wireguard-docker pihole/pihole:2024.07.0
  adguard/adguardhome mvance/unbound klutchell/unbound cznic/knot-resolver visibilityspots/cloudflared
  oznu/cloudflare-ddns favonia/cloudflare-ddns oznu/homebridge homebridge/homebridge
  homeassistant/home-assistant:stable ghcr.io/home-assistant/home-assistant:2024.8 koenkk/zigbee2mqtt
  koenkk/zigbee2mqtt:1.40.1 ghcr.io/koenkk/zigbee2mqtt zwavejs/zwave-js-ui zwavejs/zwavejs2mqtt
  esphome/esphome ghcr.io/esphome/esphome:2024.8 nodered/node-red:4.0 nodered/node-red:latest-minimal
  iobroker/iobroker buanet/iobroker openhab/openhab:4.2.1 domoticz/domoticz blakeblackshear/frigate
  ghcr.io/blakeblackshear/frigate:stable ghcr.io/blakeblackshear/frigate:0.14.1 deepquestai/deepstack
  codeproject/ai-server ghcr.io/immich-app/immich-server:release
  ghcr.io/immich-app/immich-machine-learning:release altran1502/immich-server tensorchord/pgvecto-rs
  photoprism/photoprism photoprism/photoprism:240711 lycheeorg/lychee piwigo/piwigo jellyfin/jellyfin
  jellyfin/jellyfin:10.9.11 emby/embyserver plexinc/pms-docker plexinc/pms-docker:plexpass tautulli/tautulli
  sctx/overseerr fallenbagel/jellyseerr ghcr.io/flaresolverr/flaresolverr:latest flaresolverr/flaresolverr
  deluan/navidrome deluan/navidrome:0.53.3 airsonicadvanced/airsonic-advanced sentriz/gonic
  lmscommunity/logitechmediaserver advplyr/audiobookshelf ghcr.io/advplyr/audiobookshelf gotson/komga
  kizaing/kavita jvmilazz0/kavita janeczku/calibre-web technosoft2000/calibre-web vaultwarden/server
  vaultwarden/server:1.32.0-alpine bitwardenrs/server dgtlmoon/changedetection.io
  ghcr.io/dgtlmoon/changedetection.io louislam/uptime-kuma louislam/uptime-kuma:1 louislam/dockge
  amir20/dozzle amir20/dozzle:v8 b4bz/homer lissy93/dashy pawelmalak/flame ghcr.io/gethomepage/homepage
  ghcr.io/ajnart/homarr ghcr.io/homarr-labs/homarr ghcr.io/glanceapp/glance glanceapp/glance
  filebrowser/filebrowser filebrowser/filebrowser:s6 hurlenko/filebrowser syncthing/syncthing resilio/sync
  portainer/portainer-ce portainer/portainer-ce:2.21.0 portainer/agent:2.21.0 selfhostedpro/yacht
  duplicati/duplicati restic/restic lobaro/restic-backup-docker mazzolino/restic offen/docker-volume-backup
  offen/docker-volume-backup:v2 b3vis/borgmatic ghcr.io/borgmatic-collective/borgmatic tiredofit/db-backup
  fradelg/mysql-cron-backup prodrigestivill/postgres-backup-local kartoza/pg-backup
  schickling/postgres-backup-s3 databack/mysql-backup mcuadros/ofelia willfarrell/autoheal
  tecnativa/docker-socket-proxy ghcr.io/tecnativa/docker-socket-proxy wollomatic/socket-proxy
  pyouroboros/ouroboros v2tec/watchtower nickfedor/watchtower beryju/authentik
  ghcr.io/goauthentik/server:2024.8.0 authelia/authelia:4.38 lldap/lldap nitnelave/lldap
  thomseddon/traefik-forward-auth freshrss/freshrss miniflux/miniflux wallabag/wallabag
  sissbruecker/linkding sissbruecker/linkding:latest-plus shaarli/shaarli ghcr.io/shaarli/shaarli
  wekanteam/wekan kanboard/kanboard vikunja/vikunja quay.io/hedgedoc/hedgedoc:1.9.9 linuxserver/bookstack
  solidnerd/bookstack requarks/wiki:2 zadam/trilium joplin/server:latest
  ghcr.io/mealie-recipes/mealie:v2.0.0 hkotel/mealie vabene1111/recipes fireflyiii/core
  ghostfolio/ghostfolio actualbudget/actual-server invoiceninja/invoiceninja
  invoiceninja/invoiceninja-debian kimai/kimai2 kimai/kimai2:apache monicahq/monicahq snipe/snipe-it
  rustdesk/rustdesk-server jgraph/drawio jgraph/drawio:24.7.8 excalidraw/excalidraw minlag/mermaid-cli
  plantuml/plantuml-server plantuml/plantuml-server:jetty yuzutech/kroki yuzutech/kroki-mermaid
  corentinth/it-tools ghcr.io/corentinth/it-tools frooodle/s-pdf stirlingtools/stirling-pdf
  docker.stirlingpdf.com/stirlingtools/stirling-pdf mpepping/cyberchef ghcr.io/gchq/cyberchef
  onetimesecret/onetimesecret privatebin/nginx-fpm-alpine privatebin/pdo paperlessngx/paperless-ngx
  ghcr.io/paperless-ngx/paperless-ngx:2.11 jonaswinkler/paperless-ng thelounge/thelounge
  ghcr.io/thelounge/thelounge inspircd/inspircd-docker mattermost/mattermost-team-edition
  rocketchat/rocket.chat matrixdotorg/synapse matrixdotorg/synapse:v1.114.0 ghcr.io/element-hq/synapse
  vectorim/element-web vectorim/element-web:v1.11.76 ghcr.io/girlbossceru/conduwuit
  matrixconduit/matrix-conduit instrumentisto/coturn coturn/coturn coturn/coturn:4.6-alpine jitsi/web
  jitsi/prosody:stable-9646 mumblevoip/mumble-server ejabberd/ecs ghcr.io/processone/ejabberd
  prosody/prosody sameersbn/gitlab sameersbn/postgresql sameersbn/redmine sameersbn/squid sameersbn/bind
  ubuntu/squid b4tman/squid itzg/minecraft-server itzg/minecraft-server:java21 itzg/mc-backup
  factoriotools/factorio factoriotools/factorio:stable lloesche/valheim-server mbround18/valheim
  ich777/steamcmd cm2network/steamcmd cm2network/csgo steamcmd/steamcmd thijsvanloef/palworld-server-docker
  ryshe/terraria hermsi/ark-server ghcr.io/pterodactyl/panel ghcr.io/pterodactyl/wings:latest
  `,
  // Mail
  `
  mailhog/mailhog mailhog/mailhog:v1.0.1 axllent/mailpit axllent/mailpit:v1.20 maildev/maildev
  sj26/mailcatcher schickling/mailcatcher dockage/mailcatcher rnwood/smtp4dev rnwood/smtp4dev:v3
  mailserver/docker-mailserver ghcr.io/docker-mailserver/docker-mailserver tvial/docker-mailserver
  analogic/poste.io mailcow/postfix mailu/admin ghcr.io/mailu/nginx:2024.06 boky/postfix catatnight/postfix
  namshi/smtp bytemark/smtp juanluisbaptiste/postfix freinet/postfix-relay roundcube/roundcubemail
  roundcube/roundcubemail:1.6.x-apache stalwartlabs/mail-server foxcpp/maddy greenmail/standalone
  listmonk/listmonk simplelogin/app-ci
  `,
  // Web servers, proxies and what people build upon
  `
  nginxinc/nginx-unprivileged nginxinc/nginx-unprivileged:1.27-alpine nginx/nginx-ingress:3.6.2
  nginx/nginx-prometheus-exporter openresty/openresty:alpine fholzer/nginx-brotli tiangolo/uwsgi-nginx-flask
  tiangolo/uwsgi-nginx-flask:python3.11 tiangolo/uvicorn-gunicorn-fastapi:python3.11 tiangolo/nginx-rtmp
  alfg/nginx-rtmp webdevops/php-nginx webdevops/php-nginx:8.3-alpine webdevops/php-apache-dev
  webdevops/apache richarvey/nginx-php-fpm trafex/php-nginx serversideup/php serversideup/php:8.3-fpm-nginx
  thecodingmachine/php thecodingmachine/php:8.3-v4-apache dunglas/frankenphp dunglas/frankenphp:1-php8.3
  phusion/baseimage phusion/passenger-ruby32 shinsenter/php cytopia/dvwa vulnerables/web-dvwa
  bkimminich/juice-shop webgoat/webgoat lucaslorentz/caddy-docker-proxy
  lucaslorentz/caddy-docker-proxy:ci-alpine slothcroissant/caddy-cloudflaredns abiosoft/caddy
  haproxytech/haproxy-alpine:3.0 dockercloud/haproxy owasp/modsecurity-crs:nginx bunkerity/bunkerweb
  envoyproxy/envoy:v1.31.0 envoyproxy/envoy:distroless-v1.31-latest traefik/whoami containous/whoami
  mendhak/http-https-echo mendhak/http-https-echo:34 ealen/echo-server hashicorp/http-echo
  kennethreitz/httpbin mccutchen/go-httpbin ghcr.io/mccutchen/go-httpbin jmalloc/echo-server
  gcr.io/google-samples/hello-app:1.0 stefanprodan/podinfo ghcr.io/stefanprodan/podinfo:6.7.0
  nginxdemos/hello nginxdemos/hello:plain-text crccheck/hello-world dockersamples/static-site
  dockersamples/examplevotingapp_vote docker/getting-started docker101tutorial/tutorial
  swaggerapi/swagger-ui:v5.17.14 redocly/redoc redocly/cli stoplight/prism:5 wiremock/wiremock:3.9.1
  mockserver/mockserver bbyars/mountebank
  `,
  // Databases, queues and their tools
  `
  bitnami/redis bitnami/redis:7.4 bitnami/postgresql:16.4.0-debian-12-r0 bitnami/kafka:3.8
  bitnami/kubectl:1.31 bitnamilegacy/redis:7.4 public.ecr.aws/bitnami/mongodb:7.0 redis/redis-stack
  redis/redis-stack-server:7.4.0-v0 redislabs/redisearch redislabs/redismod redislabs/rejson
  rediscommander/redis-commander ghcr.io/joeferner/redis-commander oliver006/redis_exporter
  oliver006/redis_exporter:v1.62.0 redis/redisinsight:2.54 eqalpha/keydb grokzen/redis-cluster
  docker.dragonflydb.io/dragonflydb/dragonfly valkey/valkey:8 ghcr.io/shyim/adminerevo phpmyadmin/phpmyadmin
  dpage/pgadmin4 dpage/pgadmin4:8.11 sosedoff/pgweb dbeaver/cloudbeaver edoburu/pgbouncer
  pgbouncer/pgbouncer bitnami/pgbouncer crunchydata/crunchy-postgres
  registry.developers.crunchydata.com/crunchydata/crunchy-postgres:ubi8-16.4-0
  ghcr.io/cloudnative-pg/postgresql:16.4 ghcr.io/zalando/spilo-15
  registry.opensource.zalan.do/acid/postgres-operator postgis/postgis postgis/postgis:16-3.4 kartoza/postgis
  kartoza/geoserver pgvector/pgvector:pg16 ankane/pgvector timescale/timescaledb:latest-pg16
  timescale/timescaledb-ha citusdata/citus supabase/postgres postgrest/postgrest
  hasura/graphql-engine:v2.42.0 graphile/postgraphile dalibo/temboard
  prometheuscommunity/postgres-exporter:v0.15.0 wrouesnel/postgres_exporter percona/percona-server:8.0
  percona/mongodb_exporter:0.40 mysql/mysql-server:8.0 biarms/mysql hypriot/rpi-mysql
  mongodb/mongodb-community-server:7.0-ubi9 mongoclient/mongoclient clickhouse/clickhouse-server:24.8
  yandex/clickhouse-server altinity/clickhouse-operator altinity/clickhouse-backup
  spoonest/clickhouse-tabix-web-client cockroachdb/cockroach:v24.2.0 yugabytedb/yugabyte pingcap/tidb
  scylladb/scylla:6.1 questdb/questdb:8.1.0 tdengine/tdengine victoriametrics/victoria-metrics:v1.103.0
  ravendb/ravendb eventstore/eventstore arangodb/arangodb dgraph/dgraph memgraph/memgraph-platform
  surrealdb/surrealdb:v2 getmeili/meilisearch:v1.10 typesense/typesense:27.0 manticoresearch/manticore
  qdrant/qdrant semitechnologies/weaviate:1.26.1 cr.weaviate.io/semitechnologies/weaviate:1.26.1
  chromadb/chroma ghcr.io/chroma-core/chroma milvusdb/milvus zilliz/attu confluentinc/cp-kafka:7.7.0
  confluentinc/cp-zookeeper:7.7.0 wurstmeister/kafka wurstmeister/zookeeper apache/kafka:3.8.0
  apache/kafka-native provectuslabs/kafka-ui kafbat/kafka-ui obsidiandynamics/kafdrop tchiotludo/akhq
  danielqsj/kafka-exporter edenhill/kcat confluentinc/cp-kcat landoop/fast-data-dev lensesio/fast-data-dev
  spotify/kafka sheepkiller/kafka-manager hlebalbau/kafka-manager vectorized/redpanda
  docker.redpanda.com/redpandadata/redpanda emqx/emqx:5.8 vernemq/vernemq toke/mosquitto
  iegomez/mosquitto-go-auth hivemq/hivemq4 apachepulsar/pulsar rmohr/activemq vromero/activemq-artemis
  webcenter/activemq softwaremill/elasticmq softwaremill/elasticmq-native roribio16/alpine-sqs
  minio/minio:RELEASE.2024-08-29T01-40-52Z quay.io/minio/minio minio/mc chrislusf/seaweedfs dxflrs/garage
  scality/s3server zenko/cloudserver adobe/s3mock localstack/localstack:3.7 amazon/dynamodb-local
  mcr.microsoft.com/azure-storage/azurite fsouza/fake-gcs-server atmoz/sftp atmoz/sftp:alpine
  delfer/alpine-ftp-server fauria/vsftpd stilliard/pure-ftpd itsthenetwork/nfs-server-alpine
  erichough/nfs-server bytemark/webdav osixia/openldap:1.5.0 osixia/phpldapadmin
  wheelybird/ldap-user-manager cockpithq/cockpit opensearchproject/opensearch:2.16.0
  docker.elastic.co/elasticsearch/elasticsearch:8.15.0 docker.elastic.co/kibana/kibana:8.15.0
  lmenezes/cerebro elastichq/elasticsearch-hq mobz/elasticsearch-head appbaseio/dejavu sebp/elk
  `,
  // Observability
  `
  prom/prometheus:v2.54.1 prom/node-exporter quay.io/prometheus/node-exporter:v1.8.2
  quay.io/prometheus/alertmanager grafana/grafana:11.2.0 grafana/grafana-oss grafana/loki:3.1.1
  grafana/promtail grafana/k6 loadimpact/k6 google/cadvisor gcr.io/cadvisor/cadvisor:v0.49.1
  quay.io/kiwigrid/k8s-sidecar:1.27.5 kiwigrid/k8s-sidecar jimmidyson/configmap-reload
  quay.io/prometheus-operator/prometheus-operator:v0.76.0 quay.io/brancz/kube-rbac-proxy:v0.18.0
  gcr.io/kubebuilder/kube-rbac-proxy:v0.16.0 registry.k8s.io/kube-state-metrics/kube-state-metrics:v2.13.0
  quay.io/thanos/thanos:v0.36.1 cortexproject/cortex jaegertracing/all-in-one:1.60 openzipkin/zipkin
  otel/opentelemetry-collector-contrib:0.108.0 ghcr.io/open-telemetry/demo:1.11.1-frontend
  fluent/fluent-bit:3.1 fluent/fluentd-kubernetes-daemonset:v1-debian-elasticsearch
  timberio/vector:0.41.0-alpine gliderlabs/logspout gliderlabs/registrator gliderlabs/alpine netdata/netdata
  zabbix/zabbix-server-mysql:alpine-7.0-latest checkmk/check-mk-raw checkmk/check-mk-raw:2.3.0-latest
  icinga/icinga2 jasonrivers/nagios nicolargo/glances nicolargo/glances:latest-full
  graphiteapp/graphite-statsd sitespeedio/sitespeed.io sitespeedio/browsertime
  henrywhitaker3/speedtest-tracker ghcr.io/alexjustesen/speedtest-tracker
  miguelndecarvalho/speedtest-exporter adolfintel/speedtest ghcr.io/librespeed/speedtest
  prompve/prometheus-pve-exporter ghcr.io/unpoller/unpoller golift/unifi-poller jacobalberty/unifi
  nvidia/dcgm-exporter nvcr.io/nvidia/k8s/dcgm-exporter:3.3.7-3.4.2-ubuntu22.04
  utkuozdemir/nvidia_gpu_exporter sysdig/falco falcosecurity/falco:0.38.2 datadog/agent:7
  gcr.io/datadoghq/agent:7 newrelic/infrastructure getsentry/sentry-cli glitchtip/glitchtip
  healthchecks/healthchecks signoz/query-service public.ecr.aws/zinclabs/openobserve ghcr.io/coroot/coroot
  plausible/analytics ghcr.io/plausible/community-edition:v2.1
  ghcr.io/umami-software/umami:postgresql-latest posthog/posthog baserow/baserow nocodb/nocodb
  metabase/metabase:v0.50.23 redash/redash lightdash/lightdash cubejs/cube
  `,
  // Kubernetes, operators and the CNCF
  `
  rancher/k3s:v1.30.4-k3s1 rancher/rancher rancher/local-path-provisioner:v0.0.28 rancher/mirrored-pause:3.6
  kindest/node:v1.31.0 k0sproject/k0s lachlanevenson/k8s-kubectl alpine/k8s:1.30.2 alpine/helm alpine/git
  alpine/socat dtzar/helm-kubectl quay.io/helmpack/chart-testing chartmuseum/chartmuseum
  ghcr.io/helm/chartmuseum jetstack/cert-manager-controller quay.io/jetstack/cert-manager-controller:v1.15.3
  quay.io/argoproj/argocd:v2.12.3 argoproj/argocd argoproj/argoexec ghcr.io/fluxcd/source-controller:v1.3.0
  ghcr.io/kyverno/kyverno:v1.12.5 openpolicyagent/gatekeeper:v3.17.0 openpolicyagent/opa
  quay.io/metallb/controller:v0.14.8 calico/node:v3.28.1 quay.io/cilium/cilium:v1.16.1
  flannel/flannel:v0.25.6 ghcr.io/flannel-io/flannel weaveworks/weave-kube cloudnativelabs/kube-router
  kubeovn/kube-ovn ghcr.io/k8snetworkplumbingwg/multus-cni:snapshot ghcr.io/kube-vip/kube-vip:v0.8.2
  registry.k8s.io/ingress-nginx/controller:v1.11.2 registry.k8s.io/metrics-server/metrics-server:v0.7.2
  registry.k8s.io/pause:3.9 k8s.gcr.io/pause:3.2 gcr.io/google-containers/pause-amd64:3.1
  gcr.io/distroless/static:nonroot gcr.io/distroless/base-debian12 gcr.io/kaniko-project/executor:v1.23.2
  gcr.io/kaniko-project/executor:debug stakater/reloader ghcr.io/stakater/reloader:v1.1.0
  emberstack/kubernetes-reflector weaveworks/kured ghcr.io/kubereboot/kured velero/velero:v1.14.1
  longhornio/longhorn-manager:v1.7.0 openebs/provisioner-localpv rook/ceph:v1.15.1 quay.io/ceph/ceph:v18
  quay.io/strimzi/operator:0.43.0 spotahome/redis-operator quay.io/opstree/redis-operator
  quay.io/kubevirt/virt-operator kubernetesui/dashboard:v2.7.0 ghcr.io/headlamp-k8s/headlamp derailed/k9s
  nicolaka/netshoot nicolaka/netshoot:v0.13 praqma/network-multitool wbitt/network-multitool
  gcr.io/kuar-demo/kuard-amd64:blue paulbouwer/hello-kubernetes aquasec/trivy:0.54.1 aquasec/kube-bench
  ghcr.io/aquasecurity/trivy-db:2 anchore/grype ghcr.io/anchore/syft:v1.11.1 gcr.io/projectsigstore/cosign
  linkerd/proxy cr.l5d.io/linkerd/proxy:edge-24.8.3 istio/proxyv2:1.23.0
  istio/examples-bookinfo-reviews-v1:1.20.1 kong/kubernetes-ingress-controller:3.3 daprio/daprd:1.14.1
  natsio/nats-box synadia/nats-server temporalio/auto-setup:1.24 hashicorp/vault:1.17 hashicorp/vault-k8s
  hashicorp/terraform:1.9 ghcr.io/external-secrets/external-secrets ghcr.io/oauth2-proxy/oauth2-proxy
  quay.io/oauth2-proxy/oauth2-proxy:v7.6.0 ghcr.io/dexidp/dex:v2.41.1 quay.io/keycloak/keycloak:25.0
  jboss/keycloak crossplane/crossplane xpkg.upbound.io/upbound/provider-aws-s3:v1.11.0
  ghcr.io/runatlantis/atlantis:v0.29.0 kubesphere/ks-installer goharbor/harbor-core:v2.11.1
  ghcr.io/project-zot/zot-linux-amd64:latest ghcr.io/project-zot/zot joxit/docker-registry-ui
  joxit/docker-registry-ui:main hyper/docker-registry-web konradkleine/docker-registry-frontend
  quiq/registry-ui quiq/docker-registry-ui chaosmesh/chaos-mesh ghcr.io/chaos-mesh/chaos-mesh
  litmuschaos/go-runner gaiaadm/pumba alexeiled/stress-ng polinux/stress progrium/stress
  quay.io/operator-framework/olm quay.io/k8scsi/livenessprobe:v2.2.0
  public.ecr.aws/eks-distro/kubernetes-csi/livenessprobe:v2.13.0-eks-1-31-latest
  public.ecr.aws/karpenter/controller:1.0.1 public.ecr.aws/docker/library/python:3.12-slim
  public.ecr.aws/lambda/python:3.12 public.ecr.aws/aws-observability/aws-otel-collector
  public.ecr.aws/amazonlinux/amazonlinux:2023 amazon/aws-cli:2.17 amazon/amazon-ecs-agent
  `,
  // Builds, tests and languages
  `
  jenkins/jenkins:lts-jdk17 jenkins/inbound-agent jenkinsci/blueocean gitlab/gitlab-ce:17.3.1-ce.0
  gitlab/gitlab-runner:alpine registry.gitlab.com/gitlab-org/cluster-integration/gitlab-agent/agentk:stable
  gitea/gitea:1.22 gitea/act_runner codeberg.org/forgejo/forgejo:8 code.forgejo.org/forgejo/runner:3.5.1
  drone/drone woodpeckerci/woodpecker-server plugins/docker plugins/kaniko plugins/slack appleboy/drone-ssh
  appleboy/drone-scp concourse/concourse gocd/gocd-server sonatype/nexus3 sonatype/nexus3:3.71.0
  klo2k/nexus3 releases-docker.jfrog.io/jfrog/artifactory-oss myoung34/github-runner
  myoung34/github-runner:ubuntu-jammy ghcr.io/actions/actions-runner summerwind/actions-runner-controller
  summerwind/actions-runner catthehacker/ubuntu:act-latest ghcr.io/catthehacker/ubuntu:act-22.04
  tonistiigi/binfmt tonistiigi/xx multiarch/qemu-user-static multiarch/qemu-user-static:register
  moby/buildkit:buildx-stable-1 docker/compose:1.29.2 docker/dockerfile:1 goreleaser/goreleaser
  goreleaser/goreleaser-cross techknowlogick/xgo dockercore/golang-cross golangci/golangci-lint:v1.60.3
  securego/gosec hadolint/hadolint:2.12.0 koalaman/shellcheck koalaman/shellcheck-alpine:stable mvdan/shfmt
  cytopia/yamllint cytopia/ansible cytopia/terraform-docs pipelinecomponents/yamllint sdesbure/yamllint
  github/super-linter ghcr.io/super-linter/super-linter:slim-v7 megalinter/megalinter oxsecurity/megalinter
  davidanson/markdownlint-cli2 tmknom/markdownlint zricethezav/gitleaks ghcr.io/gitleaks/gitleaks
  trufflesecurity/trufflehog bridgecrew/checkov tenable/terrascan aquasec/tfsec
  ghcr.io/terraform-linters/tflint zenika/terraform-aws-cli zenika/alpine-chrome
  zenika/alpine-chrome:with-puppeteer alpine/terragrunt devopsinfra/docker-terragrunt
  google/cloud-sdk:alpine mcr.microsoft.com/azure-cli mesosphere/aws-cli infrastructureascode/aws-cli
  williamyeh/ansible willhallonline/ansible pad92/ansible-alpine quay.io/ansible/awx-operator
  geerlingguy/docker-ubuntu2204-ansible geerlingguy/docker-debian12-ansible renovate/renovate
  ghcr.io/renovatebot/renovate semgrep/semgrep returntocorp/semgrep sonarsource/sonar-scanner-cli
  owasp/dependency-check owasp/zap2docker-stable ghcr.io/zaproxy/zaproxy:stable instrumentisto/nmap
  uzyexe/nmap metasploitframework/metasploit-framework kalilinux/kali-rolling parrotsec/security
  blackarchlinux/blackarch remnux/remnux-distro selenium/standalone-chrome:4.24 selenium/hub elgalu/selenium
  aerokube/selenoid selenoid/chrome selenoid/vnc browserless/chrome ghcr.io/browserless/chromium
  buildkite/puppeteer alekzonder/puppeteer ghcr.io/puppeteer/puppeteer:23
  mcr.microsoft.com/playwright:v1.47.0-jammy cypress/included:13.14 cypress/browsers
  testcontainers/ryuk:0.9.0 justb4/jmeter locustio/locust locustio/locust:2.31 williamyeh/wrk
  alpine/bombardier postman/newman artilleryio/artillery frolvlad/alpine-glibc frolvlad/alpine-python3
  anapsix/alpine-java adoptopenjdk/openjdk11 adoptopenjdk/openjdk8:alpine-slim azul/zulu-openjdk
  azul/zulu-openjdk:17 azul/zulu-openjdk-alpine bellsoft/liberica-openjdk-alpine
  bellsoft/liberica-runtime-container ghcr.io/graalvm/native-image ghcr.io/graalvm/jdk-community:21
  container-registry.oracle.com/graalvm/native-image:21 circleci/node:14 cimg/base:stable
  cimg/node:20.17-browsers mcr.microsoft.com/dotnet/sdk:8.0 mcr.microsoft.com/dotnet/aspnet:8.0-alpine
  mcr.microsoft.com/powershell mcr.microsoft.com/devcontainers/python:3.12 cdrx/pyinstaller-linux
  quay.io/pypa/manylinux2014_x86_64 quay.io/pypa/manylinux_2_28_x86_64 ghcr.io/astral-sh/uv:latest
  ghcr.io/astral-sh/uv:python3.12-bookworm-slim denoland/deno:alpine oven/bun oven/bun:1-alpine nixos/nix
  nixpkgs/nix-flakes clux/muslrust clux/muslrust:stable ekidd/rust-musl-builder lukemathwalker/cargo-chef
  lukemathwalker/cargo-chef:latest-rust-1.80 rustembedded/cross ghcr.io/cross-rs/aarch64-unknown-linux-gnu
  dockcross/linux-arm64 dockcross/manylinux2014-x64 emscripten/emsdk emscripten/emsdk:3.1.65 tinygo/tinygo
  silkeh/clang teeks99/gcc-ubuntu conanio/gcc11 hexpm/elixir hexpm/elixir:1.17.2-erlang-27.0.1-alpine-3.20.2
  bitwalker/alpine-elixir bitwalker/alpine-elixir-phoenix fpco/stack-build ocaml/opam
  ocaml/opam:debian-12-ocaml-5.2 coqorg/coq makarius/isabelle sbtscala/scala-sbt hseeberger/scala-sbt
  mozilla/sbt rocker/rstudio rocker/tidyverse:4.4 rocker/r-ver bioconductor/bioconductor_docker pandoc/core
  pandoc/latex pandoc/extra:3.2 texlive/texlive texlive/texlive:latest-full ghcr.io/xu-cheng/texlive-full
  blang/latex danteev/texlive asciidoctor/docker-asciidoctor squidfunk/mkdocs-material
  squidfunk/mkdocs-material:9.5 klakegg/hugo klakegg/hugo:ext-alpine hugomods/hugo jekyll/jekyll
  jekyll/builder bretfisher/jekyll-serve sphinxdoc/sphinx sphinxdoc/sphinx-latexpdf thyrlian/android-sdk
  mobiledevops/android-sdk-image budtmo/docker-android cirrusci/flutter ghcr.io/cirruslabs/flutter:3.24.1
  ghcr.io/cirruslabs/android-sdk:34 reactnativecommunity/react-native-android unityci/editor
  barichello/godot-ci barichello/godot-ci:4.3 platformio/platformio-core espressif/idf
  espressif/idf:release-v5.3 zephyrprojectrtos/ci ghcr.io/zephyrproject-rtos/ci crops/poky osrf/ros
  osrf/ros:humble-desktop tiryoh/ros2-desktop-vnc verilator/verilator hdlc/ghdl openroad/orfs
  efabless/openlane
  `,
  // Data and machine learning
  `
  jupyter/datascience-notebook jupyter/base-notebook:python-3.11 quay.io/jupyter/minimal-notebook
  jupyterhub/k8s-hub continuumio/miniconda3 continuumio/anaconda3 condaforge/mambaforge
  condaforge/miniforge3 mambaorg/micromamba:1.5 tensorflow/tensorflow:2.17.0-gpu tensorflow/serving
  pytorch/pytorch:2.4.0-cuda12.4-cudnn9-runtime pytorch/torchserve nvidia/cuda:12.6.0-base-ubuntu24.04
  nvcr.io/nvidia/pytorch:24.08-py3 nvcr.io/nvidia/tritonserver rocm/pytorch
  intel/intel-extension-for-pytorch huggingface/transformers-pytorch-gpu
  ghcr.io/huggingface/text-generation-inference:2.2.0 vllm/vllm-openai:v0.6.0 lmsysorg/sglang ollama/ollama
  ollama/ollama:0.3.9 ollama/ollama:rocm ghcr.io/open-webui/open-webui:main
  ghcr.io/ggml-org/llama.cpp:server ghcr.io/ggerganov/llama.cpp:full localai/localai
  localai/localai:latest-aio-cpu quay.io/go-skynet/local-ai atinoda/text-generation-webui
  ghcr.io/berriai/litellm:main-latest docker.litellm.ai/berriai/litellm:main-stable
  langgenius/dify-api:0.7.3 langflowai/langflow flowiseai/flowise n8nio/n8n docker.n8n.io/n8nio/n8n:1.57.0
  activepieces/activepieces mintplexlabs/anythingllm ghcr.io/mintplex-labs/anything-llm infiniflow/ragflow
  searxng/searxng onerahmet/openai-whisper-asr-webservice fedirz/faster-whisper-server
  rhasspy/wyoming-whisper ghcr.io/coqui-ai/tts-cpu siutin/stable-diffusion-webui-docker
  universonic/stable-diffusion-webui yanwk/comfyui-boot ghcr.io/ai-dock/comfyui heartexlabs/label-studio
  cvat/server cvat/ui ultralytics/ultralytics ultralytics/yolov5 ghcr.io/mlflow/mlflow:v2.16.0
  allegroai/clearml wandb/local zenmldocker/zenml rayproject/ray:2.35.0-py311 daskdev/dask ghcr.io/dask/dask
  apache/airflow:2.10.0 puckel/docker-airflow apache/spark:3.5.2 apache/superset amancevice/superset
  jupyter/pyspark-notebook bde2020/hadoop-namenode bde2020/hadoop-datanode:2.0.0-hadoop3.2.1-java8
  bde2020/spark-master bde2020/hive sequenceiq/hadoop-docker trinodb/trino:455 prestodb/presto
  ghcr.io/dbt-labs/dbt-postgres:1.8.2 airbyte/server prefecthq/prefect:3-latest dagster/dagster-k8s
  kestra/kestra mageai/mageai osgeo/gdal ghcr.io/osgeo/gdal:alpine-normal-latest osrm/osrm-backend
  ghcr.io/project-osrm/osrm-backend overv/openstreetmap-tile-server mediagis/nominatim:4.4
  maptiler/tileserver-gl klokantech/tileserver-gl openmaptiles/openmaptiles-tools valhalla/valhalla
  ghcr.io/gis-ops/docker-valhalla/valhalla opendronemap/odm opendronemap/webodm_webapp
  biocontainers/samtools:v1.9-4-deb_cv1 quay.io/biocontainers/bwa:0.7.17--he4a0461_11 staphb/samtools
  staphb/spades nfcore/rnaseq broadinstitute/gatk:4.6.0.0 google/deepvariant ensemblorg/ensembl-vep
  bgruening/galaxy bgruening/galaxy-stable hailgenetics/hail quay.io/fenicsproject/stable dolfinx/dolfinx
  openfoam/openfoam10-paraview56 opencfd/openfoam-default gromacs/gromacs
  `,
  // Business software and everything else
  `
  tecnativa/odoo frappe/erpnext frappe/erpnext:v15 dolibarr/dolibarr tuxgasy/dolibarr espocrm/espocrm
  twentycrm/twenty glpi/glpi diouxx/glpi campbellsoftwaresolutions/osticket zammad/zammad-docker-compose
  chatwoot/chatwoot chatwoot/chatwoot:v3.12.0 calcom/cal.com formbricks/formbricks
  ghcr.io/formbricks/formbricks documenso/documenso docuseal/docuseal acspri/limesurvey
  martialblog/limesurvey moodlehq/moodle-php-apache bitnami/moodle ellakcy/moodle openproject/openproject:14
  taigaio/taiga-back makeplane/plane-frontend discourse/base nodebb/docker crazymax/flarum mondedie/flarum
  tootsuite/mastodon ghcr.io/mastodon/mastodon:v4.2.12 dessalines/lemmy
  chocobozzz/peertube:production-bookworm misskey/misskey wordpressdevelop/php
  magento/magento-cloud-docker-php shopware/docker-base dockware/dev prestashop/prestashop
  prestashop/prestashop:8.1 gitpod/workspace-full codercom/code-server:4.92.2 theiaide/theia
  eclipse/che-server gitpod/openvscode-server kasmweb/desktop:1.15.0 dorowu/ubuntu-desktop-lxde-vnc
  consol/ubuntu-xfce-vnc accetto/ubuntu-vnc-xfce-g3 guacamole/guacamole guacamole/guacd:1.5.5 oznu/guacamole
  linuxserver/webtop:ubuntu-mate nextcloud/all-in-one ghcr.io/nextcloud/all-in-one:latest owncloud/ocis
  onlyoffice/documentserver collabora/code:24.04.6.2.1 seafileltd/seafile-mc
  seafileltd/seafile-mc:11.0-latest gogs/gogs 1dev/server gotenberg/gotenberg:8 thecodingmachine/gotenberg
  carboneio/carbone-ee browserless/chrome:latest h44z/wg-portal netbirdio/netbird zerotier/zerotier
  zyclonite/zerotier tailscale/tailscale:stable headscale/headscale ghcr.io/juanfont/headscale
  gravitl/netmaker openziti/ziti-controller cloudflare/cloudflared:2024.8.2 ngrok/ngrok fatedier/frps
  snowdreamtech/frpc shadowsocks/shadowsocks-libev teddysun/xray teddysun/v2ray v2fly/v2fly-core
  ghcr.io/xtls/xray-core metacubex/mihomo ruimarinho/bitcoin-core lncm/bitcoind lncm/lnd kylemanna/bitcoind
  elementsproject/lightningd btcpayserver/btcpayserver ethereum/client-go:stable sigp/lighthouse
  statusim/nimbus-eth2 chainsafe/lodestar offchainlabs/nitro-node parity/polkadot ipfs/kubo
  sethsimmons/simple-monerod
  `,
  // The same software built for one architecture, and base systems
  `
  arm64v8/nginx arm64v8/alpine:3.20 arm32v7/debian:bookworm-slim arm32v6/alpine amd64/alpine
  amd64/ubuntu:24.04 i386/debian s390x/ubuntu ppc64le/debian riscv64/alpine mips64le/debian
  balenalib/raspberrypi4-64-debian balenalib/raspberry-pi-alpine-python hypriot/rpi-traefik
  resin/rpi-raspbian navikey/raspbian-bullseye alpinelinux/docker-cli rockylinux/rockylinux:9
  quay.io/centos/centos:stream9 quay.io/fedora/fedora:40 registry.fedoraproject.org/fedora-minimal:40
  registry.access.redhat.com/ubi9/ubi-minimal registry.access.redhat.com/ubi8/ubi:8.10 redhat/ubi9
  redhat/ubi8-minimal opensuse/leap:15.6 opensuse/tumbleweed registry.suse.com/bci/bci-base:15.6
  cgr.dev/chainguard/static cgr.dev/chainguard/wolfi-base:latest chainguard/wolfi-base voidlinux/voidlinux
  ghcr.io/void-linux/void-glibc gentoo/stage3 gentoo/portage aclemons/slackware bitnami/minideb
  bitnami/minideb:bookworm blackducksoftware/detect debian/snapshot debian/eol:wheezy flyio/flyctl
  heroku/heroku:24 heroku/builder:24 paketobuildpacks/builder-jammy-base gliderlabs/herokuish dokku/dokku
  caprover/caprover ghcr.io/coollabsio/coolify dokploy/dokploy easypanel/easypanel
  `,
];

export const HONEST_NAMES: readonly string[] = GROUPS.flatMap((group) => group.trim().split(/\s+/));
