// The engine alone beside the whole lane, on one GPU, in one run. Prints one JSON object: pictures
// a second of the network alone (a CUDA graph, two streams) and of lanes with several numbers of
// slots, from decoded pictures in pinned memory (medians of five, in turn); what the bus carries;
// how long the resize kernel takes for a batch; latencies at batch 1.

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <iostream>
#include <nlohmann/json.hpp>

#include "backend/tensorrt/network_alone.hpp"
#include "gpu_lane/lane_runner.hpp"
#include "yolofleet/model.hpp"

namespace yolofleet::bench {
namespace {

struct Arguments {
  std::string model;
  std::size_t device = 0;
  std::string precision = "fp16";
  std::string mish = "native";
  std::string cache;
  std::vector<std::size_t> slots{5};
  int input_side = 0;
  Setting setting;
};

/// Pictures a second that the bus carries, as the lane sends them: one copy each.
double copy_rate(const Setting& setting) {
  constexpr std::size_t kPictures = 64;
  constexpr int kRuns = 50;
  const int device = setting.device.index;
  const cuda::PinnedBuffer host{device, setting.picture_bytes() * kPictures};
  const cuda::DeviceBuffer target{device, host.bytes()};
  const cuda::Stream stream = cuda::make_stream(device);
  const cuda::DeviceGuard guard{device};
  const auto begin = Clock::now();
  for (int i = 0; i < kRuns; ++i) {
    for (std::size_t at = 0; at < host.bytes(); at += setting.picture_bytes()) {
      cuda::check(cudaMemcpyAsync(target.as<std::byte>() + at, host.as<std::byte>() + at,
                                  setting.picture_bytes(), cudaMemcpyHostToDevice, stream.get()));
    }
  }
  cuda::check(cudaStreamSynchronize(stream.get()));
  return kRuns * kPictures / seconds_since(begin);
}

/// Milliseconds that the resize kernel takes for a batch, alone on the device.
double resize_ms(const Setting& setting) {
  const int device = setting.device.index;
  const auto batch = static_cast<std::size_t>(setting.engine.max_batch);
  const cuda::DeviceBuffer pixels{device, setting.picture_bytes() * batch};
  const cuda::DeviceBuffer pictures{device, batch * sizeof(ops::DevicePicture)};
  const cuda::DeviceBuffer output{device, batch * trt::input_bytes(setting.slot)};
  const cuda::Stream stream = cuda::make_stream(device);
  const cuda::Event begin = cuda::make_timing_event(device);
  const cuda::Event end = cuda::make_timing_event(device);
  const cuda::DeviceGuard guard{device};
  cuda::check(cudaMemset(pixels.get(), 77, pixels.bytes()));
  std::vector<ops::DevicePicture> host;
  for (std::size_t i = 0; i < batch; ++i) {
    const auto stride = static_cast<std::size_t>(setting.width) * 3;
    const ImageView view{nullptr, setting.width, setting.height, stride, PixelFormat::kRgb};
    host.push_back(ops::device_picture(view, setting.slot.input, setting.slot.fit,
                                       i * setting.picture_bytes(), stride));
  }
  cuda::check(cudaMemcpy(pictures.get(), host.data(), pictures.bytes(), cudaMemcpyHostToDevice));
  const ops::ResizeBatch resize{pictures.as<ops::DevicePicture>(), pixels.as<std::uint8_t>(),
                                setting.engine.max_batch, setting.slot.input};
  constexpr int kRuns = 50;
  for (int i = -kRuns; i < kRuns; ++i) {  // the first half warms up
    if (i == 0) {
      cuda::check(cudaEventRecord(begin.get(), stream.get()));
    }
    if (setting.slot.half) {
      ops::enqueue_resize(resize, output.as<__half>(), stream.get());
    } else {
      ops::enqueue_resize(resize, output.as<float>(), stream.get());
    }
  }
  cuda::check(cudaEventRecord(end.get(), stream.get()));
  cuda::check(cudaEventSynchronize(end.get()));
  float milliseconds = 0;
  cuda::check(cudaEventElapsedTime(&milliseconds, begin.get(), end.get()));
  return static_cast<double>(milliseconds) / kRuns;
}

void complete(Setting& setting, const Arguments& arguments, const graph::Network& network) {
  setting.device = take(trt::list_cuda_devices()).at(arguments.device);
  setting.engine.half = arguments.precision == "fp16";
  setting.engine.mish =
      arguments.mish == "plugin" ? trt::MishKind::kPlugin : trt::MishKind::kNative;
  setting.slot.input = network.input();
  setting.slot.half = setting.engine.half;
  setting.slot.max_batch = setting.engine.max_batch;
  setting.slot.thresholds = {0.25F, 0.45F};
  setting.slot.pixel_bytes = (setting.picture_bytes() + trt::kSlotAlignment) *
                                 static_cast<std::size_t>(setting.engine.max_batch) +
                             trt::input_bytes(setting.slot);
}

nlohmann::ordered_json measure(const Arguments& arguments) {
  LoadOptions load;
  if (arguments.input_side > 0) {
    load.input_size = InputSize{arguments.input_side, arguments.input_side};
  }
  const auto load_begin = Clock::now();
  const auto model = take(Model::load(arguments.model, load));
  const double load_seconds = seconds_since(load_begin);
  Setting setting = arguments.setting;
  complete(setting, arguments, model.network());
  const trt::EngineCache cache{arguments.cache};
  const trt::Library& library = *take(trt::Library::load());
  trt::PlanReport report;
  const auto plan = [&] {
    return take(trt::obtain_plan(library, {model.network(), setting.device, setting.engine}, &cache,
                                 report));
  };
  const auto build_begin = Clock::now();
  const auto shared = plan();
  const double engine_seconds = seconds_since(build_begin);
  trt::SlotOptions one = setting.slot;
  one.max_batch = 1;
  const auto network = take(trt::NetworkAlone::make(*shared, setting.slot, 2));
  const auto single = take(trt::NetworkAlone::make(*shared, one, 1));
  std::vector<std::unique_ptr<LaneRunner>> lanes;
  for (const std::size_t slots : arguments.slots) {
    lanes.push_back(std::make_unique<LaneRunner>(plan(), setting, slots));
    lanes.back()->run(0.3);
  }
  network->run(0.3);
  std::vector<double> alone;
  std::vector<std::vector<double>> rates(lanes.size());
  for (int round = 0; round < 5; ++round) {
    alone.push_back(network->run(setting.seconds));
    for (std::size_t i = 0; i < lanes.size(); ++i) {
      rates[i].push_back(lanes[i]->run(setting.seconds));
    }
  }
  nlohmann::ordered_json json{{"model", model.name()},
                              {"device", setting.device.name},
                              {"tensorrt", library.version()},
                              {"precision", arguments.precision},
                              {"mish", arguments.mish},
                              {"batch", setting.engine.max_batch},
                              {"level", setting.engine.optimization_level},
                              {"load_seconds", load_seconds},
                              {"engine_built", report.built},
                              {"engine_seconds", engine_seconds},
                              {"warnings", report.warnings},
                              {"network_per_second", median(alone)},
                              {"copy_per_second", copy_rate(setting)},
                              {"resize_ms", resize_ms(setting)},
                              {"network_ms_batch_1", single->latency(500)}};
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    json["lanes"].push_back({{"slots", arguments.slots[i]},
                             {"per_second", median(rates[i])},
                             {"to_network", median(rates[i]) / median(alone)},
                             {"ms_batch_1", lanes[i]->latency(500)}});
  }
  return json;
}

void add_options(CLI::App& app, Arguments& arguments) {
  app.add_option("MODEL", arguments.model, "a folder")->required();
  app.add_option("--device", arguments.device)->capture_default_str();
  app.add_option("--precision", arguments.precision)->check(CLI::IsMember({"fp16", "fp32"}));
  app.add_option("--mish", arguments.mish)->check(CLI::IsMember({"plugin", "native"}));
  app.add_option("--batch", arguments.setting.engine.max_batch)->default_val(16);
  app.add_option("--build-level", arguments.setting.engine.optimization_level);
  app.add_option("--cache", arguments.cache, "a folder of engines")->required();
  app.add_option("--slots", arguments.slots, "of the lane, several in turn")->delimiter(',');
  app.add_flag("!--unmeasured", arguments.setting.slot.measured,
               "lanes that don't time their stages");
  app.add_option("--seconds", arguments.setting.seconds, "of each measurement");
  app.add_option("--input-side", arguments.input_side, "of the network; 0: the cfg's");
  app.add_option("--width", arguments.setting.width, "of a picture");
  app.add_option("--height", arguments.setting.height, "of a picture");
}

}  // namespace
}  // namespace yolofleet::bench

int main(int argc, char** argv) {
  CLI::App app{"The engine alone beside the whole lane, on one GPU."};
  yolofleet::bench::Arguments arguments;
  yolofleet::bench::add_options(app, arguments);
  CLI11_PARSE(app, argc, argv);
  try {
    std::cout << yolofleet::bench::measure(arguments).dump() << '\n';
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "gpu_lane: " << error.what() << '\n';
    return 1;
  }
}
