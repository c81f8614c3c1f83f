using Spud.Execution;
using Spud.Metering;
using Xunit;

namespace Spud.Tests.Metering;

public sealed class KeyCountTests
{
    [Fact]
    public void Keys_of_random_runs_are_those_that_counting_one_by_one_finds()
    {
        Random random = new(1);
        for (int i = 0; i < 2_000; i++)
        {
            int firstKey = random.Next(30), lastKey = firstKey + random.Next(30), firstRow = random.Next(60), lastRow = firstRow + random.Next(20);
            long window = random.Next(3) == 0 ? KeyCount.NoWindow : random.Next(1, 40);
            KeyCount expected = new(0, 0);
            for (int key = firstKey; key <= lastKey; key++)
            {
                int rows = Enumerable.Range(firstRow, lastRow - firstRow + 1).Count(row => key <= row && row - key < window);
                expected += new KeyCount(rows, Math.Min(rows, 1));
            }

            Assert.Equal(expected, KeyCount.Of(firstKey, lastKey, firstRow, lastRow, window));
        }
    }

    [Fact]
    public void Runs_are_counted_each_where_it_lies()
    {
        HostDomain host = new();
        using MemoryAccount memory = new();
        TensorView positions = memory.Allocate(host, ElementType.I32, 5, 4);
        new[] { 7, 9, 12, 13 }.CopyTo(positions.At(2).AsSpan<int>());
        PagePool pool = new() { Keys = default, Values = default, Positions = positions };
        KeyRun[] runs =
        [
            new() { Page = 4, FirstKey = 1, Keys = 3, FirstPosition = 0, LastPosition = 2 },
            new() { Page = 0, FirstKey = 0, Keys = 4, FirstPosition = 7, LastPosition = 10 },
        ];
        Assert.Equal(new KeyCount(3 + 3 + 3 + 4, 7), KeyCount.Of(runs, 7, pool, 9, 10, KeyCount.NoWindow));
        Assert.Equal(new KeyCount(2 + 2, 3), KeyCount.Of(runs, 7, pool, 9, 10, 2));
        Assert.Equal(new KeyCount(2 * 7, 7), KeyCount.Of(runs, 7, pool, 10, 11, KeyCount.NoWindow));

        KeyRun[] gapped = [new() { Page = 2, FirstKey = 0, Keys = 4, FirstPosition = 7, LastPosition = 13 }];
        Assert.Equal(new KeyCount(2 + 2 + 2 + 3 + 4, 4), KeyCount.Of(gapped, 4, pool, 9, 13, KeyCount.NoWindow));
        Assert.Equal(new KeyCount(4 + 4, 4), KeyCount.Of(gapped, 4, pool, 13, 14, KeyCount.NoWindow));
        Assert.Equal(new KeyCount(2 + 2, 2), KeyCount.Of(gapped, 4, pool, 13, 14, 3));
    }
}
