// The small parts: latencies, the choice of frames, names, times.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "detect/video_options.hpp"
#include "input/video_name.hpp"
#include "run/video_report.hpp"
#include "video/frame_filter.hpp"
#include "video/latency.hpp"

namespace yolofleet::command {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(LatencyHistogram, QuantilesAreWithinFivePercent) {
  LatencyHistogram times;
  EXPECT_EQ(times.quantile(0.5), 0);
  for (int i = 1; i <= 1000; ++i) {
    times.add(i * 1e-3);
  }
  EXPECT_EQ(times.count(), 1000U);
  EXPECT_NEAR(times.sum(), 500.5, 1e-6);
  EXPECT_NEAR(times.quantile(0.5), 0.5, 0.025);
  EXPECT_NEAR(times.quantile(0.99), 0.99, 0.05);
  EXPECT_NEAR(times.quantile(0), 0.001, 0.0001);
}

TEST(LatencyHistogram, TakesAnyTime) {
  LatencyHistogram times;
  times.add(0);
  times.add(-1);
  EXPECT_NEAR(times.quantile(1), 1e-4, 1e-5);
  times.add(1e9);
  EXPECT_GT(times.quantile(1), 350);
}

std::vector<int> taken(FrameFilter filter, int frames, double rate) {
  std::vector<int> numbers;
  for (int i = 0; i < frames; ++i) {
    if (filter.takes(static_cast<std::uint64_t>(i), i / rate)) {
      numbers.push_back(i);
    }
  }
  return numbers;
}

TEST(FrameFilter, TakesEachNthFrameAndSoManyASecond) {
  EXPECT_THAT(taken({3, 0}, 8, 25), ElementsAre(0, 3, 6));
  EXPECT_THAT(taken({1, 5}, 16, 25), ElementsAre(0, 5, 10, 15));
  EXPECT_THAT(taken({1, 5}, 4, 5), ElementsAre(0, 1, 2, 3)) << "not more than there are";
  EXPECT_EQ(taken({1, 29.97}, 100, 29.97).size(), 100U);
  EXPECT_EQ(taken({1, 10}, 250, 25).size(), 100U);
  EXPECT_THAT(taken({2, 5}, 16, 25), ElementsAre(0, 6, 10));
}

TEST(FrameFilter, TellsTheRate) {
  EXPECT_EQ(FrameFilter(5, 0).rate(25), 5);
  EXPECT_EQ(FrameFilter(1, 10).rate(25), 10);
  EXPECT_EQ(FrameFilter(1, 50).rate(25), 25);
  EXPECT_EQ(FrameFilter(1, 10).rate(0), 0);
}

TEST(SecondsOf, ReadsTimes) {
  EXPECT_EQ(seconds_of("0"), 0);
  EXPECT_EQ(seconds_of("90.5"), 90.5);
  EXPECT_EQ(seconds_of("1:30"), 90);
  EXPECT_EQ(seconds_of("1:02:03.5"), 3723.5);
  EXPECT_EQ(seconds_of("100:00"), 6000);
  for (const char* wrong : {"-0:05", "", "-1", "x", "1:60", "1.5:00", "1:2:3:4", ":5", "5:", "inf",
                            "nan", "1e3", "9999999999"}) {
    EXPECT_FALSE(seconds_of(wrong)) << wrong;
  }
}

TEST(VideoName, KnowsVideosStreamsAndCameras) {
  for (const char* name : {"a.mp4", "in/b.MKV", "rtsp://x/y", "HTTP://x/y", "https://x/a.mp4?b",
                           "udp://1.2.3.4:5", "/dev/video0", "tcp://x:1"}) {
    EXPECT_TRUE(names_a_video(name)) << name;
  }
  for (const char* name : {"a.jpg", "a", "0", "http://x/a.jpg", "https://x/a.PNG?b=1", "s3://x/y",
                           "file://x/a.mp4", "dev/video0"}) {
    EXPECT_FALSE(names_a_video(name)) << name;
  }
}

TEST(VideoName, ShowsNoPassword) {
  EXPECT_EQ(shown_video_name("rtsp://me:p@ss@10.0.0.1:554/s?a=b@c"), "rtsp://c")
      << "what follows the first '@' may be the password, too";
  for (const char* secret : {"sec#ret", "sec/ret", "sec?ret", "s@c/ret", "12/34", "a:b@c/d?e#f"}) {
    EXPECT_EQ(shown_video_name(std::string("rtsp://user:") + secret + "@10.0.0.1:9/a"),
              "rtsp://10.0.0.1:9/a")
        << secret;
  }
  EXPECT_EQ(shown_video_name("rtsp://user@10.0.0.1/s@1"), "rtsp://10.0.0.1/s@1");
  EXPECT_EQ(shown_video_name("ftp://user:secret@10.0.0.1/a"), "ftp://10.0.0.1/a");
  EXPECT_EQ(shown_video_name("http://x/@home"), "http://x/@home");
  EXPECT_EQ(shown_video_name("me@home.mp4"), "me@home.mp4");
}

TEST(VideoName, MakesAFileName) {
  EXPECT_EQ(stream_file_name("rtsp://me:secret@10.0.0.1:554/s/1?a=/../b"),
            "10.0.0.1_554_s_1_a__.._b");
  EXPECT_EQ(stream_file_name("/dev/video12"), "video12");
  EXPECT_EQ(stream_file_name("http://.hidden/"), "_.hidden");
  EXPECT_EQ(stream_file_name("udp://@:5000"), "_5000");
  EXPECT_EQ(stream_file_name("http://" + std::string(500, 'x')).string().size(), 120U);
}

VideoReport camera() {
  VideoReport report{"rtsp://x/\"1\"", true, 250, 3, 1, {}};
  for (int i = 0; i < 100; ++i) {
    report.latency.add(0.02);
  }
  return report;
}

TEST(VideoReport, IsALineForEachLiveSource) {
  RunReport report;
  EXPECT_FALSE(has_live(report));
  report.videos = {{"a.mp4", false, 10, 0, 0, {}},
                   camera(),
                   {"/dev/video0", true, 0, 0, 0, {}},
                   {"/dev/video1", true, 1, 0, 0, {}}};
  report.videos[3].latency.add(1.2);
  report.videos[3].latency.add(0.002);
  EXPECT_TRUE(has_live(report));
  const std::vector<std::string> lines = live_summaries(report);
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[2].find("e+"), std::string::npos) << lines[2];
  EXPECT_THAT(lines[2], HasSubstr("latency 2.0 ms (median), 1"));
  EXPECT_THAT(lines[0], HasSubstr("250 frames, 3 dropped, 1 reconnect, latency 2"));
  EXPECT_THAT(lines[0], HasSubstr("ms (median)"));
  EXPECT_EQ(lines[1], "/dev/video0: 0 frames, 0 dropped, 0 reconnects");
}

TEST(VideoMetrics, ArePrometheus) {
  const std::vector<VideoReport> videos{{"a.mp4", false, 10, 0, 0, {}}, camera()};
  const std::string text = video_metrics(videos);
  EXPECT_EQ(text.find("a.mp4"), std::string::npos) << "only live sources";
  for (const char* line :
       {"yolofleet_source_frames_total{source=\"rtsp://x/\\\"1\\\"\"} 250\n",
        "yolofleet_source_dropped_total{source=\"rtsp://x/\\\"1\\\"\"} 3\n",
        "yolofleet_source_reconnects_total{source=\"rtsp://x/\\\"1\\\"\"} 1\n",
        "# TYPE yolofleet_source_latency_seconds summary\n",
        "yolofleet_source_latency_seconds{source=\"rtsp://x/\\\"1\\\"\",quantile="
        "\"0.99\"} 0.0",
        "yolofleet_source_latency_seconds_count{source=\"rtsp://x/\\\"1\\\"\"} "
        "100\n"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
  EXPECT_EQ(video_metrics({}), "");
}

}  // namespace
}  // namespace yolofleet::command
