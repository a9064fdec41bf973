#pragma once

#include <functional>
#include <memory>
#include <string>

#include "run/live_run.hpp"
#include "yolofleet/error.hpp"

namespace yolofleet::command {

/// Serves the state of a run over HTTP while it lives:
/// - /metrics: its `metrics_text`
/// - /healthz: 200 "ok", or 503 and its `troubles`
class MetricsServer {
 public:
  /// Listens at an address of this machine. `port` 0: any free one. `run` must outlive the server.
  /// Errors: kInvalidArgument (the port is taken, or the address isn't this machine's),
  /// kUnsupported (the build has no metrics server).
  static Result<std::unique_ptr<MetricsServer>> open(const std::string& address, int port,
                                                     const LiveRun& run);

  MetricsServer(const MetricsServer&) = delete;
  MetricsServer& operator=(const MetricsServer&) = delete;
  ~MetricsServer();

  /// "http://127.0.0.1:9090/metrics"
  const std::string& url() const noexcept { return url_; }

 private:
  struct Http;
  MetricsServer(std::unique_ptr<Http> http, std::string url);

  std::unique_ptr<Http> http_;
  std::string url_;
};

}  // namespace yolofleet::command
