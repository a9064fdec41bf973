#include "detect/metrics_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

namespace yolofleet::command {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string host_of(const MetricsServer& server) {
  return server.url().substr(0, server.url().rfind('/'));
}

TEST(MetricsServer, IsWellUntilADeviceFails) {
  LiveRun live;
  const auto server = MetricsServer::open("127.0.0.1", 0, live).value();
  httplib::Client client(host_of(*server));
  auto answer = client.Get("/healthz");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "ok\n");
  PictureResult lost;
  lost.error = Error{ErrorCode::kDevice, "it fell off the bus"};
  live.count(lost);
  answer = client.Get("/healthz");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 503);
  EXPECT_EQ(answer->body, "pictures were lost with a device that failed\n");
  answer = client.Get("/metrics");
  ASSERT_TRUE(answer);
  EXPECT_THAT(answer->body, HasSubstr("\nyolofleet_failures_total 1\n"));
}

TEST(MetricsServer, OnlyTells) {
  const LiveRun live;
  const auto server = MetricsServer::open("127.0.0.1", 0, live).value();
  httplib::Client client(host_of(*server));
  for (const char* const path : {"/metrics", "/healthz"}) {
    for (const auto& answer : {client.Post(path, "x", "text/plain"), client.Delete(path)}) {
      ASSERT_TRUE(answer);
      EXPECT_EQ(answer->status, 405);
      EXPECT_EQ(answer->get_header_value("Allow"), "GET, HEAD");
    }
    const auto head = client.Head(path);
    ASSERT_TRUE(head);
    EXPECT_EQ(head->status, 200);
  }
}

TEST(MetricsServer, EndsAsSoonAsItHasBegun) {
  const LiveRun live;
  for (int i = 0; i < 50; ++i) {
    EXPECT_THAT(MetricsServer::open("127.0.0.1", 0, live).value()->url(),
                StartsWith("http://127.0.0.1:"));
  }
}

TEST(MetricsServer, RefusesAnAddressThatIsNone) {
  const LiveRun live;
  const auto server = MetricsServer::open("no.such.host.invalid", 0, live);
  ASSERT_FALSE(server);
  EXPECT_EQ(server.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(server.error().message,
              StartsWith("--metrics-port 0: can't listen at no.such.host.invalid: "));
}

}  // namespace
}  // namespace yolofleet::command
