#pragma once

#include <memory>
#include <string>
#include <utility>

#include "run/live_run.hpp"
#include "shared/http_server.hpp"
#include "yolofleet/error.hpp"

namespace yolofleet::command {

/// Serves the state of a run over HTTP while it lives:
/// - /metrics: its `metrics_text`
/// - /healthz: 200 "ok", or 503 and its `troubles`
class MetricsServer {
 public:
  /// Listens at an address of this machine. `port` 0: any free one. `run` must outlive the server.
  /// Errors: kInvalidArgument (the port is taken, or the address isn't this machine's),
  /// kUnsupported (the build has no web server).
  static Result<std::unique_ptr<MetricsServer>> open(const std::string& address, int port,
                                                     const LiveRun& run);

  /// "http://127.0.0.1:9090/metrics"
  std::string url() const { return server_->url() + "/metrics"; }

 private:
  explicit MetricsServer(std::unique_ptr<HttpServer> server) : server_(std::move(server)) {}

  std::unique_ptr<HttpServer> server_;
};

}  // namespace yolofleet::command
