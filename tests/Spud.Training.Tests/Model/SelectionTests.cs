using Spud.Training.Data;
using Spud.Training.Model;
using Spud.Training.Model.Selection;
using Xunit;

namespace Spud.Training.Tests.Model;

public sealed class SelectionTests
{
    private const int Texts = 5;
    private static readonly ModelShape s_shape = new() { Layers = 1, HiddenWidth = 32, Heads = 1, KvHeads = 1, HeadWidth = 32, ExpertWidth = 32, Experts = 12, ExpertsUsed = 3, Tokens = 48, Vocabulary = 64 };

    public SelectionTests() => Libtorch.Require();

    [Fact]
    public void AllRowsOfATextChooseTheBestOfThePoolThatItsProbabilitiesFavour()
    {
        float[] probabilities = Probabilities(1);
        PoolSelection selection = new(s_shape, seed: 2);
        int[][] chosen = Choose(selection, probabilities, step: 9, s_shape.ExpertsUsed);
        List<int> sizes = [];
        for (int text = 0; text < Texts; text++)
        {
            int[] order = [.. Enumerable.Range(0, s_shape.Experts).OrderByDescending(expert => Rows(probabilities, text).Sum(row => (double)row[expert]))];
            // The size is not told; a pool of that many is the only one that explains every row.
            int size = Enumerable.Range(6, 7).First(size => Explains(order[..size], probabilities, chosen, text));
            sizes.Add(size);
        }

        Assert.True(sizes.Distinct().Count() > 1, "every text has a pool of the same size");
        Assert.Equal(Choose(new TopSelection(), probabilities, step: null, s_shape.ExpertsUsed), Choose(selection, probabilities, step: null, s_shape.ExpertsUsed));
    }

    [Fact]
    public void ARandomNumberIsThatOfAWholeTextAndTheSameForTheSameStep()
    {
        float[] probabilities = Probabilities(2);
        RandomCountSelection selection = new(s_shape, most: 6, seed: 3);
        HashSet<int> seen = [];
        for (int step = 0; step < 20; step++)
        {
            int[][] chosen = Choose(selection, probabilities, step, 6);
            foreach (int[][] text in chosen.Chunk(s_shape.Tokens))
                seen.Add(Assert.Single(text.Select(static row => row.Length).Distinct()));

            Assert.Equal(chosen, Choose(new RandomCountSelection(s_shape, most: 6, seed: 3), probabilities, step, 6));
        }

        Assert.Equal([1, 2, 3, 4, 5, 6], seen.Order());
        Assert.All(Choose(selection, probabilities, step: null, 6), static row => Assert.Equal(3, row.Length));
    }

    [Theory]
    [InlineData("Mass")]
    [InlineData("ExpertThreshold")]
    public void ThresholdsGiveRowsTheWantedNumberOnAverageAndARowDoesNotDependOnOthers(string kind)
    {
        RoutingRecipe recipe = new() { Kind = Enum.Parse<RoutingKind>(kind) };
        using ParameterSet parameters = new(recipe.Parameters(s_shape, 0));
        parameters.Initialise(1);
        IExpertSelection selection = recipe.Create(parameters, s_shape, 0, seed: 1);
        float[] probabilities = Probabilities(3);
        double average = Choose(selection, probabilities, step: 0, 6).Average(static row => row.Length);
        Assert.InRange(average, 2.6, 3.4);

        int[][] together = Choose(selection, probabilities, step: null, 6);
        Assert.True(together.Select(static row => row.Length).Distinct().Count() > 2);
        int[][] alone = Choose(selection, probabilities[..(s_shape.Tokens * s_shape.Experts)], step: null, 6);
        Assert.Equal(together[..s_shape.Tokens], alone);
    }

    [Fact]
    public void MassIsTheFewestBestThatHoldTheThreshold()
    {
        RoutingRecipe recipe = new() { Kind = RoutingKind.Mass, Momentum = 0 };
        using ParameterSet parameters = new(recipe.Parameters(s_shape, 0));
        parameters.Initialise(1);
        IExpertSelection selection = recipe.Create(parameters, s_shape, 0, seed: 1);
        float[] probabilities = Probabilities(4);
        _ = Choose(selection, probabilities, step: 0, 6);
        using TorchSharp.torch.Tensor kept = parameters.View(RoutingRecipe.Threshold(0), parameters.Values);
        float threshold = kept[0].item<float>();
        int[][] chosen = Choose(selection, probabilities, step: null, 6);
        foreach ((int row, float[] of) in probabilities.Chunk(s_shape.Experts).Index())
        {
            float[] best = [.. of.OrderDescending().Take(6)];
            int expected = Enumerable.Range(1, 6).First(n => n == 6 || best.Take(n).Sum(static p => (double)p) >= threshold * best.Sum(static p => (double)p));
            Assert.Equal(expected, chosen[row].Length);
        }
    }

    private static bool Explains(int[] pool, float[] probabilities, int[][] chosen, int text) => Rows(probabilities, text).Index().All(row =>
        pool.OrderByDescending(expert => row.Item[expert]).Take(s_shape.ExpertsUsed).SequenceEqual(chosen[text * s_shape.Tokens + row.Index]));

    private static IEnumerable<float[]> Rows(float[] probabilities, int text) => probabilities.Chunk(s_shape.Experts).Skip(text * s_shape.Tokens).Take(s_shape.Tokens);

    private static int[][] Choose(IExpertSelection selection, float[] probabilities, int? step, int most)
    {
        selection.Begin(probabilities, step);
        int[] room = new int[most];
        int[][] chosen = [.. probabilities.Chunk(s_shape.Experts).Select((row, i) => room[..selection.Choose(i, row, room)].ToArray())];
        if (step is not null)
            selection.Learn(probabilities);
        return chosen;
    }

    private static float[] Probabilities(ulong seed)
    {
        SplitMix random = new(seed);
        return [.. Enumerable.Range(0, Texts * s_shape.Tokens).SelectMany(_ =>
        {
            double[] values = [.. Enumerable.Range(0, s_shape.Experts).Select(_ => Math.Exp(4 * random.NextFraction()))];
            return values.Select(value => (float)(value / values.Sum()));
        })];
    }
}
