#include "yolofleet/device.hpp"

#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <string>
#include <vector>

#include "bindings.hpp"
#include "errors.hpp"
#include "options.hpp"
#include "unlocked.hpp"

namespace nb = nanobind;

namespace yolofleet::python {
namespace {

nb::dict dict_of(const DeviceInfo& device) {
  nb::dict result;
  result["id"] = device.id;
  result["name"] = device.name;
  result["runtime"] = device.runtime;
  result["unavailable"] = device.unavailable;
  nb::list precisions;
  for (const Precision precision : device.precisions) {
    Options options;
    options.precision = precision;
    precisions.append(python::dict_of(options)["precision"]);
  }
  result["precisions"] = precisions;
  result["uuid"] = device.uuid;
  result["compute_capability"] = device.compute_capability;
  result["memory"] = device.memory;
  result["kind"] = device.kind;
  result["decodes_videos"] = device.decodes_videos;
  return result;
}

nb::list list() {
  std::vector<DeviceInfo> devices;
  {
    const Unlocked unlocked;
    devices = list_devices();
  }
  nb::list result;
  for (const DeviceInfo& device : devices) {
    result.append(dict_of(device));
  }
  return result;
}

}  // namespace

void bind_devices(nb::module_& module) {
  module.def("list_devices", &list);
  module.def("why_no_gpu", &why_no_gpu, nb::call_guard<Unlocked>());
}

}  // namespace yolofleet::python
