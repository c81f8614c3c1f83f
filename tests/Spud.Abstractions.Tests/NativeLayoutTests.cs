using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Xunit;

namespace Spud.Abstractions.Tests;

/// <summary>Components hand these structs to native code as rows of numbers, and plugins that have been built know how long a row is.</summary>
public sealed class NativeLayoutTests
{
    [Fact]
    public void A_run_of_keys_is_five_numbers()
    {
        KeyRun[] runs = [new() { Page = 1, FirstKey = 2, Keys = 3, FirstPosition = 4, LastPosition = 5 }];
        Assert.Equal(20, Unsafe.SizeOf<KeyRun>());
        Assert.Equal([1, 2, 3, 4, 5], MemoryMarshal.Cast<KeyRun, int>(runs).ToArray());
    }

    [Fact]
    public void A_slice_of_a_sequence_is_six_numbers()
    {
        SequenceSlice[] slices = [new() { Id = 1, FirstRow = 2, Rows = 3, FirstPosition = 4, Phase = Phase.Decode, Effort = 0.5f }];
        Assert.Equal(24, Unsafe.SizeOf<SequenceSlice>());
        Assert.Equal([1, 2, 3, 4, 1, BitConverter.SingleToInt32Bits(0.5f)], MemoryMarshal.Cast<SequenceSlice, int>(slices).ToArray());
    }
}
