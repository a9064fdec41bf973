#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "detect/metrics_server.hpp"
#include "view/server.hpp"

namespace yolofleet::command {
namespace {

TEST(NoHttpServer, RefusesToOpen) {
  const LiveRun run;
  const auto server = MetricsServer::open("127.0.0.1", 9090, run);
  ASSERT_FALSE(server);
  EXPECT_EQ(server.error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(server.error().message,
            "--metrics-port 9090: this yolofleet was built without the web server (CMake option "
            "YOLOFLEET_METRICS, which needs cpp-httplib)");
  ViewBoard board(1);
  const auto view = open_view(8080, run, board);
  ASSERT_FALSE(view);
  EXPECT_EQ(view.error().message,
            "--view 8080: this yolofleet was built without the web server (CMake option "
            "YOLOFLEET_METRICS, which needs cpp-httplib)");
}

}  // namespace
}  // namespace yolofleet::command
