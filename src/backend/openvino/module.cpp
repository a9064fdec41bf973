#include <algorithm>
#include <exception>
#include <openvino/core/version.hpp>
#include <openvino/runtime/core.hpp>
#include <openvino/runtime/properties.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "backend/cpu/executor.hpp"
#include "backend/openvino/executor.hpp"
#include "backend/openvino/reason.hpp"
#include "base/fail.hpp"

namespace yolofleet::backend::openvino {
namespace {

constexpr const char* kDevice = "CPU";

class OpenVinoModule final : public cpu::Module {
 public:
  std::string runtime() const override {
    // "2026.4.1-22982-...": without the number of OpenVINO's build.
    const std::string version = ov::get_openvino_version().buildNumber;
    return "OpenVINO " + version.substr(0, version.find('-'));
  }

  std::string cpu_name() const override {
    try {
      return core_.get_property(kDevice, ov::device::full_name);
    } catch (const std::exception&) {
      return "CPU";
    }
  }

  bool has_bf16() const override {
    try {
      const std::vector<std::string> all = core_.get_property(kDevice, ov::device::capabilities);
      return std::find(all.begin(), all.end(), ov::device::capability::BF16) != all.end();
    } catch (const std::exception&) {
      return false;
    }
  }

  Result<std::unique_ptr<cpu::Executor>> compile(const graph::Network& network,
                                                 const cpu::ExecutorOptions& options) override {
    try {
      return openvino::compile(core_, network, options);
    } catch (const std::exception& exception) {
      return base::fail(ErrorCode::kDevice, "OpenVINO can't run {} on this CPU: {}", network.name(),
                        reason_of(exception));
    }
  }

 private:
  ov::Core core_;
};

}  // namespace
}  // namespace yolofleet::backend::openvino

extern "C" __attribute__((visibility("default"))) yolofleet::backend::cpu::Module*
yolofleet_cpu_module(const char* build_id) {
  using yolofleet::backend::openvino::OpenVinoModule;
  if (build_id == nullptr || std::string_view(build_id) != YOLOFLEET_BUILD_ID) {
    return nullptr;
  }
  // Never destroyed: its threads may outlive the program's static objects.
  static auto* const module = new OpenVinoModule();
  return module;
}
