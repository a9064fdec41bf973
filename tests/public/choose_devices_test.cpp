#include "choose_devices.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace yolofleet {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Gpus = Result<std::vector<DeviceInfo>>;

constexpr ChosenDevice kCpu{};

constexpr ChosenDevice card(std::size_t place) {
  return {place, 0};
}

constexpr ChosenDevice cpu_with(int threads) {
  return {std::nullopt, threads};
}

DeviceInfo gpu(int index, const std::string& unavailable = "") {
  DeviceInfo info;
  info.id = "cuda:" + std::to_string(index);
  info.uuid = "GPU-" + std::to_string(index);
  info.unavailable = unavailable;
  return info;
}

Gpus two() {
  return std::vector<DeviceInfo>{gpu(0), gpu(1)};
}

Gpus none(ErrorCode code) {
  return tl::unexpected(Error{code, "the reason"});
}

Options options_of(const std::string& devices, int threads = 0) {
  Options options;
  options.devices = devices;
  options.threads = threads;
  return options;
}

std::vector<ChosenDevice> chosen(const std::string& devices, const Gpus& gpus, int threads = 0) {
  std::vector<std::string> warnings;
  auto found = choose_devices(options_of(devices, threads), gpus, warnings);
  EXPECT_THAT(warnings, IsEmpty());
  return found.value();
}

Error refusal(const std::string& devices, const Gpus& gpus, int threads = 0) {
  std::vector<std::string> warnings;
  return choose_devices(options_of(devices, threads), gpus, warnings).error();
}

TEST(ChooseDevices, AutoIsEveryGpuElseTheCpu) {
  EXPECT_THAT(chosen("auto", two()), ElementsAre(card(0), card(1)));
  EXPECT_THAT(chosen("auto", none(ErrorCode::kNotFound)), ElementsAre(kCpu));
  EXPECT_THAT(chosen("all", two()), ElementsAre(card(0), card(1), kCpu));
  EXPECT_THAT(chosen("all", none(ErrorCode::kNotFound)), ElementsAre(kCpu));
}

TEST(ChooseDevices, AListIsInItsOwnOrder) {
  EXPECT_THAT(chosen("cuda:1,cpu,cuda:0", two()), ElementsAre(card(1), kCpu, card(0)));
  EXPECT_THAT(chosen("GPU-1", two()), ElementsAre(card(1)));
}

TEST(ChooseDevices, AGpuThatCantBeUsedIsLeftOutWithAWarning) {
  const Gpus gpus = std::vector<DeviceInfo>{gpu(0, "it is broken"), gpu(1)};
  std::vector<std::string> warnings;
  EXPECT_THAT(choose_devices(options_of("auto"), gpus, warnings).value(), ElementsAre(card(1)));
  EXPECT_THAT(warnings, ElementsAre("cuda:0 isn't used: it is broken"));
  EXPECT_EQ(refusal("cuda:0", gpus).message, "cuda:0 can't be used: it is broken");
}

TEST(ChooseDevices, ADriverThatDoesntDoIsAWarningNoGpuIsNone) {
  for (const ErrorCode code : {ErrorCode::kMismatch, ErrorCode::kDevice}) {
    std::vector<std::string> warnings;
    EXPECT_THAT(choose_devices(options_of("auto"), none(code), warnings).value(),
                ElementsAre(kCpu));
    EXPECT_THAT(warnings, ElementsAre("no GPU is used: the reason"));
  }
}

TEST(ChooseDevices, WhatIsNamedMustBeThere) {
  const Error gone = refusal("cuda:0", none(ErrorCode::kMismatch));
  EXPECT_EQ(gone.code, ErrorCode::kNotFound);
  EXPECT_EQ(gone.message, "cuda:0 can't be used: the reason");
  for (const char* const name : {"cuda:2", "GPU-2"}) {
    const Error unknown = refusal(name, two());
    EXPECT_EQ(unknown.code, ErrorCode::kNotFound);
    EXPECT_EQ(unknown.message,
              "no device \"" + std::string{name} +
                  "\" here; \"auto\" or \"all\" alone, \"cpu\", \"cpu:N\", \"cuda:0\", "
                  "\"cuda:1\" are allowed");
  }
  EXPECT_EQ(refusal("", none(ErrorCode::kNotFound)).message,
            "no device \"\" here; \"auto\" or \"all\" alone, \"cpu\", \"cpu:N\" are allowed");
}

TEST(ChooseDevices, WhereARunGoesOnWhatIsMissingIsAWarning) {
  const Gpus gpus = std::vector<DeviceInfo>{gpu(0, "it is broken"), gpu(1)};
  Options options = options_of("cuda:0,cuda:1,cuda:7,GPU-8");
  options.on_device_error = OnDeviceError::kContinue;
  std::vector<std::string> warnings;
  EXPECT_THAT(choose_devices(options, gpus, warnings).value(), ElementsAre(card(1)));
  EXPECT_THAT(warnings, ElementsAre("cuda:0 can't be used: it is broken",
                                    ::testing::StartsWith("no device \"cuda:7\" here; "),
                                    ::testing::EndsWith("\"cuda:1\" are allowed")));
  options.devices = "cuda:0,cpu";
  EXPECT_THAT(choose_devices(options, none(ErrorCode::kMismatch), warnings).value(),
              ElementsAre(kCpu));
  options.devices = "cuda:0,cuda:7";
  EXPECT_EQ(choose_devices(options, gpus, warnings).error().message,
            "cuda:0 can't be used: it is broken");
  options.devices = "cuda:1,cup";
  EXPECT_THAT(choose_devices(options, gpus, warnings).error().message,
              ::testing::StartsWith("no device \"cup\" here"));
}

TEST(ChooseDevices, AutoAndAllStandAlone) {
  for (const std::string word : {"auto", "all"}) {
    const Error in_a_list = refusal("cpu," + word, two());
    EXPECT_EQ(in_a_list.code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(in_a_list.message, "device \"" + word + "\" stands alone, not in a list with others");
  }
}

TEST(ChooseDevices, ADeviceIsNamedOnce) {
  for (const char* const list : {"cuda:0,cuda:0", "cuda:0,GPU-0"}) {
    const Error twice = refusal(list, two());
    EXPECT_EQ(twice.code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(twice.message, ::testing::EndsWith("0\" is named twice"));
  }
  EXPECT_EQ(refusal("cpu,cpu", two()).message, "device \"cpu\" is named twice");
  EXPECT_EQ(refusal("cpu,cpu:2", two()).message, "device \"cpu:2\" is named twice");
}

TEST(ChooseDevices, TheCpuMayHaveANumberOfThreads) {
  EXPECT_THAT(chosen("cpu:3", two()), ElementsAre(cpu_with(3)));
  EXPECT_THAT(chosen("cuda:1,cpu:1024", two()), ElementsAre(card(1), cpu_with(1024)));
  EXPECT_THAT(chosen("cpu:3", two(), 3), ElementsAre(cpu_with(3)));
  for (const char* const list : {"cpu", "auto", "all"}) {
    EXPECT_THAT(chosen(list, none(ErrorCode::kNotFound), 5), ElementsAre(cpu_with(5)));
  }
}

TEST(ChooseDevices, ANumberOfThreadsThatIsNone) {
  for (const char* const word : {"cpu:", "cpu:0", "cpu:-1", "cpu:1025", "cpu:2x", "cpu:+2",
                                 "cpu:99999999999999999999", "cpu: 2"}) {
    const Error none = refusal(word, two());
    EXPECT_EQ(none.code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(none.message, "device \"" + std::string{word} +
                                "\": behind \"cpu:\" stands a number of threads, 1 to 1024");
  }
}

TEST(ChooseDevices, TwoNumbersOfThreadsContradictEachOther) {
  const Error both = refusal("cuda:0,cpu:3", two(), 2);
  EXPECT_EQ(both.code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(
      both.message,
      "device \"cpu:3\" and 2 as the number of threads contradict each other; name one of them");
}

TEST(OnlyDevice, IsRefusedWhereThereAreSeveral) {
  const ChosenDevice cpu{std::nullopt, 2};
  EXPECT_EQ(only_device({cpu}, "cpu:2").value(), cpu);
  const auto two = only_device({ChosenDevice{0, 0}, cpu}, "all");
  ASSERT_FALSE(two);
  EXPECT_EQ(two.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(two.error().message, "devices are \"all\", 2 of them; one is allowed here");
}

}  // namespace
}  // namespace yolofleet
