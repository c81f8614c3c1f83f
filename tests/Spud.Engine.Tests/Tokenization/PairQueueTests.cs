using Spud.Text.Tokenization;
using Xunit;

namespace Spud.Tests.Tokenization;

public sealed class PairQueueTests
{
    [Fact]
    public void Pairs_come_out_by_order_and_then_from_left_to_right()
    {
        var random = new Random(5);
        var queue = new PairQueue();
        for (int round = 0; round < 50; round++)
        {
            PairQueue.Pair[] pairs = [.. Enumerable.Range(0, random.Next(300)).Select(left => new PairQueue.Pair((uint)random.Next(20), left, left + 1, 2))];
            random.Shuffle(pairs);
            Array.ForEach(pairs, queue.Enqueue);
            var taken = new List<PairQueue.Pair>();
            while (queue.TryDequeue(out PairQueue.Pair pair))
            {
                taken.Add(pair);
            }

            Assert.Equal(pairs.OrderBy(pair => pair.Order).ThenBy(pair => pair.Left), taken);
        }
    }
}
