#include "gpu/activity_trace.hpp"

#include <cupti.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <mutex>
#include <new>
#include <stdexcept>
#include <utility>

namespace yolofleet::testing {
namespace {

// The beginnings of these records are the same in all later versions.
using KernelRecord = CUpti_ActivityKernel9;
using MemcpyRecord = CUpti_ActivityMemcpy5;

constexpr std::size_t kBufferBytes = std::size_t{4} << 20U;
constexpr std::size_t kBufferAlignment = 8;

/// Global, since CUPTI's buffer callbacks take no pointer of the caller.
struct Noted {
  std::mutex mutex;
  std::vector<std::pair<std::uint32_t, Activity>> activities;  // with their correlation
  std::map<std::uint32_t, std::uint32_t> streams;              // of launched graphs, by correlation
  std::size_t dropped = 0;
};

Noted& noted() {
  static Noted all;
  return all;
}

void check(CUptiResult code, const char* what) {
  if (code != CUPTI_SUCCESS) {
    const char* reason = nullptr;
    static_cast<void>(cuptiGetResultString(code, &reason));
    throw std::runtime_error(std::string{"CUPTI, "} + what + ": " +
                             (reason != nullptr ? reason : "?"));
  }
}

void CUPTIAPI give_buffer(std::uint8_t** buffer, std::size_t* bytes, std::size_t* most_records) {
  *buffer = static_cast<std::uint8_t*>(std::aligned_alloc(kBufferAlignment, kBufferBytes));
  *bytes = *buffer == nullptr ? 0 : kBufferBytes;
  *most_records = 0;
}

ActivityKind kind_of(const MemcpyRecord& copy) {
  switch (copy.copyKind) {
    case CUPTI_ACTIVITY_MEMCPY_KIND_HTOD:
      return ActivityKind::kUpload;
    case CUPTI_ACTIVITY_MEMCPY_KIND_DTOH:
      return ActivityKind::kDownload;
    default:
      return ActivityKind::kOther;
  }
}

void note(Noted& all, const CUpti_Activity* record) {
  if (record->kind == CUPTI_ACTIVITY_KIND_CONCURRENT_KERNEL ||
      record->kind == CUPTI_ACTIVITY_KIND_KERNEL) {
    const auto& kernel = *reinterpret_cast<const KernelRecord*>(record);
    all.activities.emplace_back(kernel.correlationId,
                                Activity{ActivityKind::kKernel,
                                         {kernel.start, kernel.end},
                                         kernel.deviceId,
                                         kernel.streamId,
                                         kernel.graphId,
                                         0,
                                         kernel.name != nullptr ? kernel.name : "?"});
  } else if (record->kind == CUPTI_ACTIVITY_KIND_MEMCPY) {
    const auto& copy = *reinterpret_cast<const MemcpyRecord*>(record);
    const ActivityKind kind = kind_of(copy);
    all.activities.emplace_back(copy.correlationId,
                                Activity{kind,
                                         {copy.start, copy.end},
                                         copy.deviceId,
                                         copy.streamId,
                                         copy.graphId,
                                         copy.bytes,
                                         kind == ActivityKind::kUpload     ? "host to device"
                                         : kind == ActivityKind::kDownload ? "device to host"
                                                                           : "copy"});
  }
}

void CUPTIAPI take_buffer(CUcontext context, std::uint32_t stream, std::uint8_t* buffer,
                          std::size_t /*bytes*/, std::size_t valid) {
  Noted& all = noted();
  const std::lock_guard lock{all.mutex};
  CUpti_Activity* record = nullptr;
  while (valid > 0 && cuptiActivityGetNextRecord(buffer, valid, &record) == CUPTI_SUCCESS) {
    note(all, record);
  }
  std::size_t dropped = 0;
  if (cuptiActivityGetNumDroppedRecords(context, stream, &dropped) == CUPTI_SUCCESS) {
    all.dropped += dropped;
  }
  std::free(buffer);
}

/// Notes the stream of a graph's launch, which the records of the graph's nodes may lack.
void CUPTIAPI on_graph_launch(void*, CUpti_CallbackDomain, CUpti_CallbackId, const void* data) {
  const auto* const call = static_cast<const CUpti_CallbackData*>(data);
  if (call->callbackSite != CUPTI_API_ENTER) {
    return;
  }
  const auto* const parameters =
      static_cast<const cudaGraphLaunch_v10000_params*>(call->functionParams);
  std::uint32_t stream = 0;
  if (cuptiGetStreamIdEx(call->context, parameters->stream, 0, &stream) == CUPTI_SUCCESS) {
    const std::lock_guard lock{noted().mutex};
    noted().streams[call->correlationId] = stream;
  }
}

constexpr std::array kKinds{CUPTI_ACTIVITY_KIND_CONCURRENT_KERNEL, CUPTI_ACTIVITY_KIND_MEMCPY};

}  // namespace

ActivityTrace::ActivityTrace() {
  {
    const std::lock_guard lock{noted().mutex};
    noted().activities.clear();
    noted().streams.clear();
    noted().dropped = 0;
  }
  check(cuptiActivityRegisterCallbacks(give_buffer, take_buffer), "buffers");
  CUpti_SubscriberHandle subscriber = nullptr;
  check(cuptiSubscribe(&subscriber, on_graph_launch, nullptr), "subscription");
  subscriber_ = subscriber;
  check(cuptiEnableCallback(1, subscriber, CUPTI_CB_DOMAIN_RUNTIME_API,
                            CUPTI_RUNTIME_TRACE_CBID_cudaGraphLaunch_v10000),
        "launches of graphs");
  for (const CUpti_ActivityKind kind : kKinds) {
    check(cuptiActivityEnable(kind), "activities");
  }
}

ActivityTrace::~ActivityTrace() {
  for (const CUpti_ActivityKind kind : kKinds) {
    static_cast<void>(cuptiActivityDisable(kind));
  }
  static_cast<void>(cuptiActivityFlushAll(CUPTI_ACTIVITY_FLAG_FLUSH_FORCED));
  static_cast<void>(cuptiUnsubscribe(static_cast<CUpti_SubscriberHandle>(subscriber_)));
}

std::vector<Activity> ActivityTrace::take() {
  check(cuptiActivityFlushAll(CUPTI_ACTIVITY_FLAG_FLUSH_FORCED), "flushing");
  Noted& all = noted();
  const std::lock_guard lock{all.mutex};
  if (all.dropped > 0) {
    throw std::runtime_error("CUPTI dropped " + std::to_string(all.dropped) + " records");
  }
  std::vector<Activity> activities;
  for (auto& [correlation, activity] : std::exchange(all.activities, {})) {
    const auto launched = all.streams.find(correlation);
    if (activity.graph != 0 && launched != all.streams.end()) {
      activity.stream = launched->second;
    }
    activities.push_back(std::move(activity));
  }
  return activities;
}

}  // namespace yolofleet::testing
