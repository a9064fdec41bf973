#include "fleet/decoders.hpp"

#include <algorithm>
#include <utility>

#include "backend/pixels.hpp"
#include "base/thread_priority.hpp"

namespace yolofleet::fleet {

Decoders::Decoders(const DecodeOptions& options, std::vector<LaneDecoder> devices, Events events)
    : decoding_(options.files), events_(std::move(events)), queue_(options.decode != Decode::kGpu) {
  for (LaneDecoder& with : devices) {
    if (devices_.size() < kMostDecoders) {
      auto device = std::make_unique<Device>();
      device->with = std::move(with);
      device->index = devices_.size();
      live_ |= bit_of(*device);
      devices_.push_back(std::move(device));
    }
  }
  try {
    const bool fewer = options.leave_cores && !devices_.empty();
    const int threads = fewer ? threads_beside_devices(options.threads) : options.threads;
    for (int i = 0; i < threads; ++i) {
      threads_.emplace_back([this] { run_cpu(); });
    }
    for (const auto& device : devices_) {
      for (std::size_t i = 0; i < device->with.decoder->threads(); ++i) {
        device->threads.emplace_back([this, raw = device.get()] { run_device(*raw); });
      }
    }
  } catch (...) {  // the started threads use this object
    stop();
    throw;
  }
}

Decoders::~Decoders() {
  stop();
}

void Decoders::stop() {
  {
    const std::lock_guard lock{mutex_};
    closing_ = true;
  }
  for (const auto& device : devices_) {
    device->with.decoder->stop();
  }
  wake_all();
  for (std::thread& thread : threads_) {
    thread.join();
  }
  threads_.clear();
  for (const auto& device : devices_) {
    for (std::thread& thread : device->threads) {
      thread.join();
    }
    device->threads.clear();
  }
}

void Decoders::wake_all() {
  cpu_changed_.notify_all();
  for (const auto& device : devices_) {
    device->changed.notify_all();
  }
}

void Decoders::add(backend::Job job) {
  DecodeQueue::Entry entry{std::move(job)};
  const auto& file = std::get<EncodedImage>(entry.job.picture);
  bool for_cpu = false;
  {
    const std::lock_guard lock{mutex_};
    for (const auto& device : devices_) {
      if (!device->ended && device->with.decoder->takes(file)) {
        entry.takers |= bit_of(*device);
      }
    }
    queue_.add(std::move(entry));
    for (const auto& device : devices_) {
      if (has_work(*device)) {  // else it would wake for each file
        device->changed.notify_one();
      }
    }
    for_cpu = queue_.has_for_cpu();
  }
  if (for_cpu) {
    cpu_changed_.notify_one();
  }
}

void Decoders::lanes_have_enough(bool enough) {
  if (enough_.exchange(enough) && !enough) {
    const std::lock_guard lock{mutex_};
    for (const auto& device : devices_) {
      device->changed.notify_one();  // it wakes the next one
    }
  }
}

void Decoders::taken(std::size_t lane, std::size_t pictures) {
  for (const auto& device : devices_) {
    if (device->with.lane == lane) {
      {
        const std::lock_guard lock{mutex_};
        device->ahead -= pictures;
      }
      device->changed.notify_one();
    }
  }
}

void Decoders::lose(std::size_t lane) {
  for (const auto& device : devices_) {
    if (device->with.lane == lane) {
      {
        const std::lock_guard lock{mutex_};
        end(*device);
      }
      device->with.decoder->stop();
      wake_all();
    }
  }
}

void Decoders::end(Device& device) {
  device.ended = true;
  live_ &= ~bit_of(device);
  queue_.drop_taker(device.index);
}

void Decoders::write(FleetReport& report) const {
  const std::lock_guard lock{mutex_};
  const auto now = Clock::now();
  report.decode_threads = static_cast<int>(threads_.size());
  report.decode_seconds = seconds(busy_);
  report.decoded_by_threads = pictures_;
  for (const auto& device : devices_) {
    report.decoders.push_back(
        {device->with.device, device->error, device->pictures, seconds(device->busy.until(now))});
  }
}

void Decoders::run_cpu() {
  base::lower_priority_of_this_thread();
  std::unique_lock lock{mutex_};
  for (;;) {
    cpu_changed_.wait(lock, [this] { return closing_ || queue_.has_for_cpu(); });
    if (closing_) {
      return;
    }
    Decoded decoded{queue_.take_for_cpu(), {}, {}};
    ++pictures_;  // before its result can be seen
    lock.unlock();
    const auto begin = Clock::now();
    if (auto done = backend::decode_in_place(decoded.job, decoding_); !done) {
      decoded.error = std::move(done).error();
    }
    const auto took = Clock::now() - begin;
    std::vector<Decoded> all;
    all.push_back(std::move(decoded));
    events_.decoded(std::move(all));
    lock.lock();
    busy_ += took;
  }
}

bool Decoders::has_work(const Device& device) const {
  if (enough_ && queue_.cpu_takes_all()) {
    return false;
  }
  const std::size_t room = device.with.most_ahead - std::min(device.ahead, device.with.most_ahead);
  // Not for a few files at a time: a decoder is fastest with many.
  const std::size_t least = std::max<std::size_t>(device.with.decoder->batch() / 2, 1);
  return (room >= least || device.ahead == 0) && queue_.has_for(device.index);
}

std::vector<DecodeQueue::Entry> Decoders::take_batch(Device& device) {
  const std::size_t room = std::max<std::size_t>(
      device.with.most_ahead - std::min(device.ahead, device.with.most_ahead), 1);
  auto entries = queue_.take_for(device.index, std::min(device.with.decoder->batch(), room));
  device.ahead += entries.size();
  device.busy.begin(Clock::now());
  return entries;
}

void Decoders::run_device(Device& device) {
  std::unique_lock lock{mutex_};
  for (;;) {
    device.changed.wait(lock, [&] { return closing_ || device.ended || has_work(device); });
    if (closing_ || device.ended) {
      return;
    }
    auto entries = take_batch(device);
    if (has_work(device)) {
      device.changed.notify_one();
    }
    lock.unlock();
    if (decode(device, std::move(entries))) {
      events_.stalled(device.with.lane, true);
      device.with.decoder->wait_for_memory();
      events_.stalled(device.with.lane, false);
    }
    lock.lock();
  }
}

bool Decoders::decode(Device& device, std::vector<DecodeQueue::Entry> entries) {
  std::vector<backend::Job> jobs;
  jobs.reserve(entries.size());
  for (DecodeQueue::Entry& entry : entries) {
    jobs.push_back(std::move(entry.job));
  }
  auto tried = device.with.decoder->decode(jobs);
  std::vector<Decoded> decoded;
  {
    const std::lock_guard lock{mutex_};
    if (!tried) {
      device.error = tried.error();
      end(device);
    }
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      if (std::holds_alternative<DeviceImage>(jobs[i].picture)) {
        decoded.push_back({std::move(jobs[i]), {}, device.with.lane});
        continue;
      }
      // The CPU decides about a file that couldn't be decoded. Others may still take the rest.
      const bool failed = tried && i < *tried;
      queue_.add({std::move(jobs[i]), failed ? 0 : entries[i].takers & live_});
      --device.ahead;
    }
    device.busy.end(Clock::now());
    device.pictures += decoded.size();
  }
  wake_all();
  if (!decoded.empty()) {
    events_.decoded(std::move(decoded));
  }
  return tried && *tried < jobs.size();
}

}  // namespace yolofleet::fleet
