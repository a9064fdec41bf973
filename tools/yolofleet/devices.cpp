#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "subcommands.hpp"
#include "text.hpp"
#include "yolofleet/device.hpp"

namespace yolofleet::command {
namespace {

std::string device_lines() {
  std::string text;
  for (const DeviceInfo& device : list_devices()) {
    const std::string state =
        device.unavailable.empty()
            ? fmt::format("{}, {}", device.runtime, device.bf16 ? "fp32 and bf16" : "fp32")
            : "can't be used: " + device.unavailable;
    text += printable(fmt::format("{}: {}; {}", device.id, device.name, state)) + '\n';
  }
  return text;
}

std::string device_json() {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const DeviceInfo& device : list_devices()) {
    list.push_back({{"id", device.id},
                    {"name", device.name},
                    {"runtime", device.runtime},
                    {"bf16", device.bf16},
                    {"unavailable", device.unavailable}});
  }
  return list.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + '\n';
}

}  // namespace

void add_devices(CLI::App& app, int& exit_code) {
  CLI::App* const devices =
      app.add_subcommand("devices", "List what this machine can run networks on, the best first");
  const auto json = std::make_shared<bool>(false);
  devices->add_flag("--json", *json, "as JSON instead of lines");
  set_usage(*devices, "yolofleet devices [--json]");
  devices->callback(
      [json, &exit_code] { exit_code = print(*json ? device_json() : device_lines()); });
}

}  // namespace yolofleet::command
