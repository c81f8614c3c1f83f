namespace Spud.Host.Tests.EndToEnd;

public sealed class CalibrateDepthTests
{
    private const string Story =
        "Once upon a time, there was a little girl named Lily. She loved to play outside in the park with her dog. One day, she saw a big red ball.";

    private static string Model => TestData.Path("stories260K/stories260K-f32.gguf");

    [Fact]
    public void Layers_are_listed_by_what_leaving_them_out_costs_and_the_entry_works()
    {
        string[] lines = Spud.Run("calibrate", "depth", "-m", Model, "--layers", "2", Story).Succeeded().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string[][] rows = [.. lines.Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(static row => row.Length == 4 && char.IsAsciiDigit(row[0][0]))];
        Assert.Equal(["0", "1", "2", "3", "4"], rows[..5].Select(static row => row[0]).Order());
        double[] costs = [.. rows[..5].Select(static row => double.Parse(row[1], System.Globalization.CultureInfo.InvariantCulture))];
        Assert.Equal(costs.Order(), costs);
        Assert.Equal(rows[0], rows[5]);
        Assert.Contains(rows[0][0], rows[6][0].Split(','));
        string entry = Assert.Single(lines, static line => line.StartsWith("for example: \"depth\": ", StringComparison.Ordinal))["for example: \"depth\": ".Length..];
        Outcome scored = Spud.Run("score", "-m", Model, "--set", $"depth={entry}", Story);
        Assert.Contains($"perplexity {rows[0][2]}", scored.Succeeded().Output);
    }

    [Fact]
    public void More_layers_than_can_be_left_out_are_refused() =>
        Spud.Run("calibrate", "depth", "-m", Model, "--layers", "5", Story).Refused(2, "the model has 5 layers, of which at least one must stay; expected 1 to 4, got 5");
}
