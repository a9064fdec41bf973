// Runs the fleet's self-test with a real model: an FP32 lane and a lane in the given precision.
// Usage: lanes_agree CFG WEIGHTS fp32|bf16. Prints the fleet's warnings; fails if the fleet refuses
// to open.

#include <cstdio>
#include <string>

#include "backend/cpu/cpu_lane.hpp"
#include "fleet/fleet.hpp"
#include "yolofleet/model.hpp"

namespace yolofleet {
namespace {

fleet::OpenLane cpu(const Model& model, Precision precision, const std::string& name) {
  return {name, [&model, precision](const backend::OnFinished& on_finished,
                                    std::vector<std::string>& /*warnings*/) {
            backend::cpu::CpuLaneOptions options;
            options.threads = 1;
            options.max_detections = Options{}.max_detections;
            return backend::cpu::open_cpu_lane(model.network(), options, precision, on_finished);
          }};
}

Result<void> compare(const ModelFiles& files, const std::string& precision) {
  return Model::load(files).and_then([&](const Model& model) {
    fleet::FleetOptions options;
    options.ordered = true;
    options.self_test = true;
    options.max_detections = Options{}.max_detections;
    const Precision other = precision == "bf16" ? Precision::kBf16 : Precision::kFp32;
    return fleet::Fleet::open({cpu(model, Precision::kFp32, "fp32"), cpu(model, other, "other")},
                              options)
        .map([](const std::unique_ptr<fleet::Fleet>& opened) {
          for (const std::string& warning : opened->warnings()) {
            std::puts(warning.c_str());
          }
        });
  });
}

}  // namespace
}  // namespace yolofleet

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fputs("usage: lanes_agree CFG WEIGHTS fp32|bf16\n", stderr);
    return 2;
  }
  const auto compared = yolofleet::compare({argv[1], argv[2], {}}, argv[3]);
  if (!compared) {
    std::fprintf(stderr, "lanes_agree: %s\n", compared.error().message.c_str());
    return 1;
  }
  return 0;
}
