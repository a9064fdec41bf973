#include "run/live_run.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "yolofleet/version.hpp"

namespace yolofleet::command {
namespace {

PictureResult with_detections(std::size_t count) {
  PictureResult result;
  result.detections.resize(count);
  return result;
}

PictureResult failed(ErrorCode code) {
  PictureResult result;
  result.error = Error{code, "why"};
  return result;
}

Snapshot of_two_devices() {
  Snapshot run;
  run.start = std::chrono::system_clock::time_point(std::chrono::milliseconds(1'700'000'000'250));
  run.pictures = 12;
  run.failures = 2;
  run.detections = 30;
  run.fleet.decode_seconds = 2.5;
  run.fleet.detections_cut = 4;
  run.fleet.candidates_dropped = 5;
  DeviceReport& gpu = run.fleet.devices.emplace_back();
  gpu.device = "cuda:0";
  gpu.pictures = 9;
  gpu.failures = 1;
  gpu.batches = 3;
  gpu.busy_seconds = 1.5;
  gpu.queue_seconds = 0.25;
  run.fleet.devices.emplace_back().device = "cpu";
  return run;
}

TEST(LiveRun, CountsInAnyThread) {
  LiveRun live;
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int k = 0; k < 100; ++k) {
        live.count(with_detections(2));
        live.count(failed(ErrorCode::kMalformed));
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  const Snapshot run = live.now();
  EXPECT_EQ(run.pictures, 800U);
  EXPECT_EQ(run.failures, 400U);
  EXPECT_EQ(run.detections, 800U);
  EXPECT_TRUE(run.fleet.devices.empty());
  EXPECT_EQ(troubles(run), "") << "a picture that is none is no trouble of the run";
}

TEST(LiveRun, TellsOfTrouble) {
  LiveRun live;
  live.count(failed(ErrorCode::kDevice));
  EXPECT_EQ(troubles(live.now()), "pictures were lost with a device that failed\n");
  live.output_failed();
  EXPECT_EQ(troubles(live.now()),
            "pictures were lost with a device that failed\nan output can't be written\n");
}

TEST(Troubles, NamesTheDeviceThatWasLost) {
  Snapshot run = of_two_devices();
  EXPECT_EQ(troubles(run), "");
  run.fleet.devices[0].error = Error{ErrorCode::kDevice, "it fell off the bus"};
  EXPECT_EQ(troubles(run), "cuda:0 isn't used: it fell off the bus\n");
}

TEST(MetricsText, IsPrometheus) {
  Snapshot run = of_two_devices();
  run.fleet.devices[1].error = Error{ErrorCode::kDevice, "gone"};
  run.fleet.decoded_by_threads = 4;
  run.fleet.decoders = {{"cuda:0", Error{ErrorCode::kDevice, "broken"}, 6, 0.75}};
  EXPECT_EQ(
      metrics_text(run),
      "# HELP yolofleet_build_info The program's version.\n"
      "# TYPE yolofleet_build_info gauge\n"
      "yolofleet_build_info{version=\"" +
          std::string(version()) +
          "\"} 1\n"
          "# HELP process_start_time_seconds Start time of the process since the Unix epoch, "
          "in seconds.\n"
          "# TYPE process_start_time_seconds gauge\n"
          "process_start_time_seconds 1700000000.250\n"
          "# HELP yolofleet_pictures_total Pictures that have a result, failed ones too.\n"
          "# TYPE yolofleet_pictures_total counter\n"
          "yolofleet_pictures_total 12\n"
          "# HELP yolofleet_failures_total Pictures that failed.\n"
          "# TYPE yolofleet_failures_total counter\n"
          "yolofleet_failures_total 2\n"
          "# HELP yolofleet_detections_total Objects found.\n"
          "# TYPE yolofleet_detections_total counter\n"
          "yolofleet_detections_total 30\n"
          "# HELP yolofleet_detections_cut_total Detections that --max-detections left out.\n"
          "# TYPE yolofleet_detections_cut_total counter\n"
          "yolofleet_detections_cut_total 4\n"
          "# HELP yolofleet_candidates_dropped_total Boxes over the threshold that a device "
          "had no room for, before NMS.\n"
          "# TYPE yolofleet_candidates_dropped_total counter\n"
          "yolofleet_candidates_dropped_total 5\n"
          "# HELP yolofleet_decode_seconds_total Time that the decoding threads were "
          "busy, summed.\n"
          "# TYPE yolofleet_decode_seconds_total counter\n"
          "yolofleet_decode_seconds_total 2.5\n"
          "# HELP yolofleet_decoded_by_threads_total Files that the decoding threads decoded, "
          "or found wrong.\n"
          "# TYPE yolofleet_decoded_by_threads_total counter\n"
          "yolofleet_decoded_by_threads_total 4\n"
          "# HELP yolofleet_decoder_up Whether the device's JPEG decoder is used; 0: it "
          "failed.\n"
          "# TYPE yolofleet_decoder_up gauge\n"
          "yolofleet_decoder_up{device=\"cuda:0\"} 0\n"
          "# HELP yolofleet_decoder_pictures_total Files that the device has decoded.\n"
          "# TYPE yolofleet_decoder_pictures_total counter\n"
          "yolofleet_decoder_pictures_total{device=\"cuda:0\"} 6\n"
          "# HELP yolofleet_decoder_busy_seconds_total Time that the device spent decoding "
          "files.\n"
          "# TYPE yolofleet_decoder_busy_seconds_total counter\n"
          "yolofleet_decoder_busy_seconds_total{device=\"cuda:0\"} 0.75\n"
          "# HELP yolofleet_device_up Whether the device is used; 0: it couldn't be opened, "
          "failed the self-test or was lost.\n"
          "# TYPE yolofleet_device_up gauge\n"
          "yolofleet_device_up{device=\"cuda:0\"} 1\n"
          "yolofleet_device_up{device=\"cpu\"} 0\n"
          "# HELP yolofleet_device_pictures_total Pictures that the device has finished, "
          "failed ones too.\n"
          "# TYPE yolofleet_device_pictures_total counter\n"
          "yolofleet_device_pictures_total{device=\"cuda:0\"} 9\n"
          "yolofleet_device_pictures_total{device=\"cpu\"} 0\n"
          "# HELP yolofleet_device_failures_total Pictures that failed on the device.\n"
          "# TYPE yolofleet_device_failures_total counter\n"
          "yolofleet_device_failures_total{device=\"cuda:0\"} 1\n"
          "yolofleet_device_failures_total{device=\"cpu\"} 0\n"
          "# HELP yolofleet_device_batches_total Batches that the device has finished.\n"
          "# TYPE yolofleet_device_batches_total counter\n"
          "yolofleet_device_batches_total{device=\"cuda:0\"} 3\n"
          "yolofleet_device_batches_total{device=\"cpu\"} 0\n"
          "# HELP yolofleet_device_busy_seconds_total Time with at least one batch in the "
          "device.\n"
          "# TYPE yolofleet_device_busy_seconds_total counter\n"
          "yolofleet_device_busy_seconds_total{device=\"cuda:0\"} 1.5\n"
          "yolofleet_device_busy_seconds_total{device=\"cpu\"} 0\n"
          "# HELP yolofleet_device_queue_mean_seconds Mean time that pictures "
          "waited for the device, decoded where that is done before.\n"
          "# TYPE yolofleet_device_queue_mean_seconds gauge\n"
          "yolofleet_device_queue_mean_seconds{device=\"cuda:0\"} 0.25\n"
          "yolofleet_device_queue_mean_seconds{device=\"cpu\"} 0\n");
}

TEST(MetricsText, HasNoDevicesBeforeTheyAreOpen) {
  EXPECT_EQ(metrics_text(Snapshot{}).find("yolofleet_device"), std::string::npos);
}

}  // namespace
}  // namespace yolofleet::command
