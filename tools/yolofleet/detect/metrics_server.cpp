#include "detect/metrics_server.hpp"

#include <utility>

namespace yolofleet::command {
namespace {

HttpAnswer metrics(const LiveRun& run) {
  return {metrics_text(run.now()), "text/plain; version=0.0.4; charset=utf-8"};
}

HttpAnswer health(const LiveRun& run) {
  HttpAnswer answer{troubles(run.now())};
  if (answer.body.empty()) {
    answer.body = "ok\n";
  } else {
    answer.status = 503;
  }
  return answer;
}

}  // namespace

Result<std::unique_ptr<MetricsServer>> MetricsServer::open(const std::string& address, int port,
                                                           const LiveRun& run) {
  auto server = HttpServer::open(
      {"--metrics-port", address, port},
      {{"/metrics", [&run](const std::string& /*captured*/) { return metrics(run); }},
       {"/healthz", [&run](const std::string& /*captured*/) { return health(run); }}});
  if (!server) {
    return tl::unexpected(std::move(server.error()));
  }
  return std::unique_ptr<MetricsServer>(new MetricsServer(*std::move(server)));
}

}  // namespace yolofleet::command
