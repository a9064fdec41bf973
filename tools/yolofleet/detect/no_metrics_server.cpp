// Takes the place of metrics_server.cpp in a build without cpp-httplib.
#include "detect/metrics_server.hpp"
#include "shared/fail.hpp"

namespace yolofleet::command {

struct MetricsServer::Http {};

MetricsServer::~MetricsServer() = default;

Result<std::unique_ptr<MetricsServer>> MetricsServer::open(const std::string& /*address*/, int port,
                                                           const LiveRun& /*run*/) {
  return fail(
      ErrorCode::kUnsupported,
      "--metrics-port {}: this yolofleet was built without the metrics server (CMake option "
      "YOLOFLEET_METRICS, which needs cpp-httplib)",
      port);
}

}  // namespace yolofleet::command
