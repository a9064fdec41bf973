#include "report.hpp"

#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <optional>
#include <string>

namespace nb = nanobind;

namespace yolofleet::python {
namespace {

nb::object error_of(const std::optional<Error>& error) {
  return error ? nb::object(nb::make_tuple(std::string(to_string(error->code)), error->message,
                                           error->warnings))
               : nb::none();
}

nb::dict dict_of(const DeviceReport& device) {
  nb::dict result;
  result["device"] = device.device;
  result["error"] = error_of(device.error);
  result["pictures"] = device.pictures;
  result["failures"] = device.failures;
  result["batches"] = device.batches;
  result["mean_batch"] = device.mean_batch;
  result["share"] = device.share;
  result["busy_seconds"] = device.busy_seconds;
  result["queue_seconds"] = device.queue_seconds;
  nb::dict stages;
  for (const StageReport& stage : device.stages) {
    stages[stage.stage.c_str()] = stage.seconds;
  }
  result["stages"] = stages;
  result["uploaded_bytes"] = device.uploaded_bytes;
  result["holds"] = device.holds;
  return result;
}

nb::dict dict_of(const DecoderReport& decoder) {
  nb::dict result;
  result["device"] = decoder.device;
  result["error"] = error_of(decoder.error);
  result["pictures"] = decoder.pictures;
  result["busy_seconds"] = decoder.busy_seconds;
  return result;
}

template <typename T>
nb::list list_of(const std::vector<T>& reports) {
  nb::list result;
  for (const T& report : reports) {
    result.append(dict_of(report));
  }
  return result;
}

}  // namespace

nb::dict dict_of(const FleetReport& report) {
  nb::dict result;
  result["pictures"] = report.pictures;
  result["failures"] = report.failures;
  result["detections_cut"] = report.detections_cut;
  result["candidates_dropped"] = report.candidates_dropped;
  result["seconds"] = report.seconds;
  result["decode_threads"] = report.decode_threads;
  result["decode_seconds"] = report.decode_seconds;
  result["decoded_by_threads"] = report.decoded_by_threads;
  result["decoders"] = list_of(report.decoders);
  result["devices"] = list_of(report.devices);
  return result;
}

}  // namespace yolofleet::python
