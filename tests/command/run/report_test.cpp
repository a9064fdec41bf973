#include "run/report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace yolofleet::command {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::IsEmpty;

DeviceReport device(const std::string& name, std::uint64_t pictures, double share) {
  DeviceReport report;
  report.device = name;
  report.pictures = pictures;
  report.share = share;
  report.batches = pictures / 4;
  report.mean_batch = 4;
  report.busy_seconds = 1.5;
  report.queue_seconds = 0.25;
  report.stages = {{"decode", 3}, {"network", 1}};
  return report;
}

RunReport two_devices() {
  RunReport report;
  report.pictures = 102;
  report.failed = 2;
  report.detections = 7;
  report.complete = true;
  report.seconds = 2;
  report.read_seconds = 0.5;
  report.wait_seconds = 0.75;
  report.write_seconds = 0.125;
  report.fleet.decode_threads = 4;
  report.fleet.decode_seconds = 5;
  report.fleet.devices = {device("cuda:0", 80, 0.8), device("cpu", 20, 0.2)};
  return report;
}

TEST(FormatSummary, CountsAndRate) {
  RunReport report;
  report.pictures = 2;
  report.failed = 1;
  report.detections = 1;
  report.seconds = 0.5;
  EXPECT_EQ(format_summary(report), "2 pictures, 1 failed, 1 detection, 0.50 s, 4.0 pictures/s");
  report.pictures = 1;
  report.detections = 7;
  report.seconds = 0;
  EXPECT_EQ(format_summary(report), "1 picture, 1 failed, 7 detections, 0.00 s, 0.0 pictures/s");
}

TEST(FormatSummary, CountsVideosAndFrames) {
  RunReport report;
  report.pictures = 11;
  report.frames = 10;
  report.seconds = 0.5;
  report.videos.resize(2);
  EXPECT_EQ(format_summary(report),
            "2 videos, 10 frames, 1 picture, 0 failed, 0 detections, 0.50 s, 22.0 pictures/s");
  report.pictures = 10;
  EXPECT_EQ(format_summary(report),
            "2 videos, 10 frames, 0 failed, 0 detections, 0.50 s, 20.0 frames/s");
}

TEST(TimeSpent, DecodingIsThatOfVideoFilesIfItTakesLonger) {
  RunReport report = two_devices();
  report.video_decode_seconds = 8;
  report.video_threads = 4;
  EXPECT_EQ(time_spent(report).decoding, 2);
}

TEST(FormatSummary, SaysWhatLimits) {
  RunReport report = two_devices();
  for (DeviceReport& device : report.fleet.devices) {
    device.busy_seconds = 1.95;
    device.stages.clear();
  }
  EXPECT_THAT(format_summary(report), EndsWith(" pictures/s, limited by devices"));
  report.fleet.devices[1].stages = {{"decode", 1}, {"network", 3}};
  EXPECT_THAT(format_summary(report), EndsWith(", limited by devices (network)"));
  report.write_seconds = 1.9;
  EXPECT_THAT(format_summary(report), EndsWith(", limited by writing"));
}

/// A device decoded 60 files, the CPU 40.
RunReport two_decoders() {
  RunReport report = two_devices();
  report.fleet.decode_seconds = 7.6;
  report.fleet.decoded_by_threads = 40;
  report.fleet.decoders = {{"cuda:0", {}, 60, 1.9}};
  return report;
}

TEST(FormatSummary, SaysWhoDecodesWhereDecodingLimits) {
  EXPECT_THAT(format_summary(two_decoders()),
              EndsWith(", limited by decoding (cuda:0 60 %, CPU 40 %)"));
  RunReport report = two_decoders();
  report.fleet.decoders.clear();
  EXPECT_THAT(format_summary(report), EndsWith(", limited by decoding"));
}

TEST(DecoderSummaries, AreOfDevicesAndTheCpu) {
  EXPECT_THAT(decoder_summaries(two_devices()), IsEmpty());
  EXPECT_THAT(decoder_summaries(two_decoders()),
              ElementsAre("decoded by: cuda:0 60.0 %, busy 95 % of the time; 4 threads of the CPU "
                          "40.0 %, busy 95 % of the time"));
}

TEST(FailedDecoders, AreThoseWithAnError) {
  FleetReport report = two_decoders().fleet;
  EXPECT_THAT(failed_decoders(report), IsEmpty());
  report.decoders[0].error = Error{ErrorCode::kDevice, "no answer"};
  EXPECT_THAT(failed_decoders(report),
              ElementsAre("cuda:0: its JPEG decoder failed and isn't used any more: no answer"));
}

TEST(FailedDevices, AreThoseThatArentUsedNow) {
  FleetReport opened = two_devices().fleet;
  opened.devices[0].error = Error{ErrorCode::kDevice, "finds something else"};
  FleetReport now = opened;
  now.devices[1].error = Error{ErrorCode::kDevice, "was lost"};
  EXPECT_THAT(failed_devices(opened, now, false), ElementsAre("cpu: was lost"));
  EXPECT_THAT(failed_devices(opened, now, true),
              ElementsAre("cuda:0: finds something else", "cpu: was lost"));
  EXPECT_THAT(failed_devices(two_devices().fleet, two_devices().fleet, true), IsEmpty());
}

TEST(DeviceSummaries, AreOfSeveralDevices) {
  RunReport report = two_devices();
  EXPECT_THAT(device_summaries(report),
              ElementsAre("cuda:0: 80.0 % of the pictures, 40.0 pictures/s, 4.0 a batch, busy 75 "
                          "% of the time",
                          "cpu: 20.0 % of the pictures, 10.0 pictures/s, 4.0 a batch, busy 75 % "
                          "of the time"));
  report.fleet.devices.pop_back();
  EXPECT_THAT(device_summaries(report), IsEmpty());
}

TEST(UnusedDevice, IsOneWithAnError) {
  FleetReport opened = two_devices().fleet;
  EXPECT_FALSE(has_unused_device(opened));
  opened.devices[1].error = Error{ErrorCode::kDevice, "it finds something else"};
  EXPECT_TRUE(has_unused_device(opened));
}

TEST(LostDevices, AreThoseThatWereThereBefore) {
  FleetReport before = two_devices().fleet;
  EXPECT_THAT(lost_devices(before, before), IsEmpty());
  FleetReport now = before;
  now.devices[0].error = Error{ErrorCode::kDevice, "it fell off the bus"};
  EXPECT_THAT(lost_devices(before, now),
              ElementsAre("cuda:0 was lost and isn't used any more: it fell off the bus"));
  before.devices[0].error = now.devices[0].error;  // it couldn't be opened, which was said then
  EXPECT_THAT(lost_devices(before, now), IsEmpty());
}

TEST(LeftOut, IsSaidWithTheNumberOfPictures) {
  RunReport report = two_devices();
  EXPECT_THAT(left_out(report), IsEmpty());
  report.fleet.detections_cut = 204;
  report.pictures_over_limit = 1;
  EXPECT_THAT(left_out(report),
              ElementsAre("--max-detections left out 204 detections in 1 picture"));
  report.fleet.candidates_dropped = 1;
  report.pictures_over_room = 3;
  EXPECT_THAT(left_out(report),
              ElementsAre("--max-detections left out 204 detections in 1 picture",
                          "a device had no room for 1 candidate in 3 pictures: the weakest were "
                          "left out before NMS; a higher --confidence gives fewer"));
}

TEST(TimeSpent, IsThatOfTheDevicesInUse) {
  RunReport report = two_devices();
  report.fleet.devices[0].error = Error{ErrorCode::kDevice, "gone"};
  const TimeSpent spent = time_spent(report);
  EXPECT_EQ(spent.run, 2);
  EXPECT_EQ(spent.reading, 0.5);
  EXPECT_EQ(spent.waiting, 0.75);
  EXPECT_EQ(spent.decoding, 1.25);
  EXPECT_EQ(spent.writing, 0.125);
  EXPECT_THAT(spent.busy, ElementsAre(1.5));
  report.fleet.decode_threads = 0;
  report.fleet.decode_seconds = 0;
  EXPECT_EQ(time_spent(report).decoding, 0) << "where each device decodes for itself";
}

TEST(ReportJson, HasEverything) {
  RunReport report = two_devices();
  report.fleet.devices[1].error = Error{ErrorCode::kDevice, "caf\xE9"};
  report.fleet.detections_cut = 30;
  report.pictures_over_limit = 2;
  report.fleet.candidates_dropped = 40;
  report.pictures_over_room = 3;
  report.fleet.decoded_by_threads = 40;
  report.fleet.decoders = {{"cuda:0", Error{ErrorCode::kDevice, "no answer"}, 60, 1}};
  report.frames = 30;
  report.videos = {{"a.mp4", false, 20, 0, 0, {}}, {"rtsp://x", true, 10, 2, 1, {}}};
  const auto json = nlohmann::json::parse(report_json(report, {}));
  EXPECT_EQ(json, nlohmann::json::parse(R"({
    "pictures": 102, "frames": 30, "failures": 2, "detections": 7, "detections_cut": 30,
    "pictures_over_limit": 2, "candidates_dropped": 40, "pictures_over_room": 3, "complete": true, "seconds": 2.0,
    "pictures_per_second": 51.0, "limited_by": "none",
    "limited_by_stage": null, "stages": {"read": 0.5, "wait": 0.75, "decode": 5.0, "write": 0.125}, "decode_threads": 4, "decoded_by_threads": 40,
    "decoders": [{"device": "cuda:0", "pictures": 60, "busy_seconds": 1.0, "error": {"code": "device", "message": "no answer"}}],
    "videos": [
      {"source": "a.mp4", "live": false, "frames": 20, "dropped": 0, "reconnects": 0,
       "latency_median_seconds": null, "latency_p99_seconds": null},
      {"source": "rtsp://x", "live": true, "frames": 10, "dropped": 2, "reconnects": 1,
       "latency_median_seconds": null, "latency_p99_seconds": null}],
    "devices": [
      {"device": "cuda:0", "share": 0.8, "pictures": 80, "failures": 0, "batches": 20,
       "mean_batch": 4.0, "busy_seconds": 1.5, "queue_seconds": 0.25,
       "stages": {"decode": 3.0, "network": 1.0}, "error": null},
      {"device": "cpu", "share": 0.2, "pictures": 20, "failures": 0, "batches": 5,
       "mean_batch": 4.0, "busy_seconds": 1.5, "queue_seconds": 0.25,
       "stages": {"decode": 3.0, "network": 1.0},
       "error": {"code": "device", "message": "caf\uFFFD"}}],
    "decode": "auto", "decode_scale": "off"})"));
}

TEST(ReportJson, HasTheLatencyOfALiveSource) {
  RunReport report;
  report.videos = {{"/dev/video0", true, 1, 0, 0, {}}};
  report.videos[0].latency.add(0.02);
  const auto json = nlohmann::json::parse(report_json(report, {}));
  EXPECT_NEAR(json["videos"][0]["latency_median_seconds"], 0.02, 0.001);
  EXPECT_NEAR(json["videos"][0]["latency_p99_seconds"], 0.02, 0.001);
}

TEST(ReportJson, NamesTheStageWhereDevicesLimit) {
  RunReport report = two_devices();
  report.fleet.devices[0].busy_seconds = 2;
  report.fleet.devices[1].busy_seconds = 2;
  const auto json = nlohmann::json::parse(report_json(report, {}));
  EXPECT_EQ(json["limited_by"], "devices");
  EXPECT_EQ(json["limited_by_stage"], "decode");
}

TEST(ReportJson, OfARunWithoutPictures) {
  const auto json = nlohmann::json::parse(report_json(RunReport{}, {}));
  EXPECT_EQ(json["pictures_per_second"], 0.0);
  EXPECT_EQ(json["limited_by"], "none");
  EXPECT_EQ(json["devices"], nlohmann::json::array());
}

}  // namespace
}  // namespace yolofleet::command
