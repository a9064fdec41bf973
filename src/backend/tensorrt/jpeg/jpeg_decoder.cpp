#include "backend/tensorrt/jpeg/jpeg_decoder.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

#include "base/fail.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

/// A file that is being decoded.
struct Item {
  Job* job = nullptr;
  std::span<const std::byte> bytes;  // its copy in the room
  image::JpegHeader header;
  std::shared_ptr<std::uint8_t> block;
  bool decoded = false;
};

/// The first files of a batch, which are decoded together.
struct Part {
  std::size_t files = 0;
  std::vector<Item> items;      // of those that may be decoded
  bool memory_is_full = false;  // there is no memory for the picture of the next file
};

const EncodedImage& file_of(const Job& job) {
  return std::get<EncodedImage>(job.picture);
}

/// Lends things to threads, each to one at a time.
template <typename T>
class Pool {
 public:
  explicit Pool(const std::vector<std::unique_ptr<T>>& all) {
    for (const auto& one : all) {
      free_.push_back(one.get());
    }
  }

  /// Waits until one is free. It is the caller's until the pointer is destroyed.
  auto borrow() {
    std::unique_lock lock{mutex_};
    came_back_.wait(lock, [this] { return !free_.empty(); });
    T* const one = free_.back();
    free_.pop_back();
    const auto give_back = [this](T* borrowed) {
      {
        const std::lock_guard again{mutex_};
        free_.push_back(borrowed);
      }
      came_back_.notify_one();
    };
    return std::unique_ptr<T, decltype(give_back)>(one, give_back);
  }

 private:
  std::mutex mutex_;
  std::condition_variable came_back_;
  std::vector<T*> free_;
};

class JpegDecoder final : public Decoder {
 public:
  explicit JpegDecoder(JpegDecoderParts parts)
      : parts_(std::move(parts)), engines_(parts_.engines), rooms_(parts_.rooms) {}

  std::string description() const override { return parts_.description; }
  std::size_t batch() const noexcept override { return kJpegBatch; }
  std::size_t threads() const noexcept override { return parts_.rooms.size(); }

  bool takes(std::span<const std::byte> file) const noexcept override {
    return header_of(file).has_value();
  }

  Result<std::size_t> decode(std::span<Job> jobs) override {
    cuda::make_current(parts_.index);
    const auto room = rooms_.borrow();
    std::size_t done = 0;
    try {
      for (bool memory_is_full = false; !memory_is_full && done < jobs.size();) {
        Part part = collect(jobs.subspan(done), *room);
        if (auto decoded = decode_checked(*room, part.items); !decoded) {
          return tl::unexpected(std::move(decoded).error());
        }
        done += part.files;
        memory_is_full = part.memory_is_full;
      }
    } catch (const cuda::CudaError& error) {
      return tl::unexpected(broken(error.what()));
    }
    return done;
  }

  void wait_for_memory() override { parts_.memory->wait(); }
  void stop() noexcept override { parts_.memory->stop(); }

 private:
  std::optional<image::JpegHeader> header_of(std::span<const std::byte> file) const noexcept {
    auto header = image::read_jpeg_header(file);
    const bool takes = header && parts_.skills.has(*header) &&
                       file.size() <= parts_.rooms.front()->bytes() &&
                       std::int64_t{header->width} * header->height <= parts_.max_pixels &&
                       layout_of(*header).bytes <= parts_.memory->bytes();
    return takes ? header : std::nullopt;
  }

  /// The first files for which there are room and memory. Those that aren't whole, or are larger
  /// than the room, get no Item.
  Part collect(std::span<Job> jobs, FileRoom& room) const {
    room.clear();
    Part part;
    for (; part.files < jobs.size(); ++part.files) {
      Job& job = jobs[part.files];
      const EncodedImage& file = file_of(job);
      const auto header = header_of(file);
      const auto scan_end = header ? image::end_of_scan(file, *header) : std::nullopt;
      if (!scan_end) {
        continue;
      }
      auto block = parts_.memory->take(layout_of(*header).bytes);
      if (!block) {
        part.memory_is_full = true;
        break;
      }
      if (const auto copy = room.add(file, *header, *scan_end)) {
        part.items.push_back({&job, *copy, *header, std::move(block)});
      } else if (!part.items.empty()) {
        break;
      }
    }
    return part;
  }

  /// Decodes the items, while the device looks whether they have all their blocks, and hands over
  /// those that have.
  Result<void> decode_checked(FileRoom& room, std::span<Item> items) {
    if (items.empty()) {
      return {};
    }
    room.check();
    auto decoded = decode_items(*engines_.borrow(), items);
    const auto has_all = room.has_all_blocks();
    for (std::size_t i = 0; decoded && i < items.size(); ++i) {
      if (items[i].decoded && has_all[i] != 0) {
        hand_over(items[i]);
      }
    }
    return decoded;
  }

  /// Decodes the items; halves a batch that fails, to find the files that make it fail. An error
  /// if no file is to blame.
  Result<void> decode_items(JpegEngine& engine, std::span<Item> items) {
    if (items.empty()) {
      return {};
    }
    std::vector<JpegTask> tasks;
    tasks.reserve(items.size());
    for (const Item& item : items) {
      tasks.push_back({item.bytes, planes_at(item.block.get(), item.header)});
    }
    const nvjpeg::Status status = engine.decode(tasks);
    if (status == nvjpeg::Status::kSuccess) {
      for (Item& item : items) {
        item.decoded = true;
      }
      return {};
    }
    if (items.size() > 1) {
      const std::size_t half = items.size() / 2;
      return decode_items(engine, items.first(half)).and_then([&] {
        return decode_items(engine, items.subspan(half));
      });
    }
    if (!is_about_file(status) && !works(engine, items.front())) {
      return tl::unexpected(broken("nvJPEG answers: " + text_of(status)));
    }
    return {};
  }

  /// Whether the engine decodes a file like this one, made up, into the memory of this one.
  static bool works(JpegEngine& engine, const Item& item) {
    constexpr int kSide = 16;
    image::JpegHeader header = item.header;
    header.width = std::min(header.width, kSide);
    header.height = std::min(header.height, kSide);
    const auto file = check_file(header.width, header.height, header.subsampling, false);
    const JpegTask task{file, planes_at(item.block.get(), header)};
    return engine.decode({&task, 1}) == nvjpeg::Status::kSuccess;
  }

  void hand_over(Item& item) const {
    DeviceImage picture;
    picture.device = parts_.device;
    picture.pixels = planes_at(item.block.get(), item.header);
    picture.owner = std::move(item.block);
    item.job->file = std::move(std::get<EncodedImage>(item.job->picture));
    item.job->picture = std::move(picture);
  }

  Error broken(const std::string& why) const {
    return {ErrorCode::kDevice, parts_.device + ": " + why};
  }

  const JpegDecoderParts parts_;
  Pool<JpegEngine> engines_;
  Pool<FileRoom> rooms_;
};

}  // namespace

std::unique_ptr<Decoder> make_jpeg_decoder(JpegDecoderParts parts) {
  return std::make_unique<JpegDecoder>(std::move(parts));
}

}  // namespace yolofleet::backend::tensorrt
