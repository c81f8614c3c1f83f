namespace Spud.Host.Tests.EndToEnd;

public sealed class CompressedCacheTests
{
    [Fact]
    public void One_word_compresses_the_cache_of_the_embedded_model()
    {
        Assert.Contains("Paris", Spud.Run("run", "--set", "cache=compressed", "--temperature", "0", "What is the capital of France?").Succeeded().Output);
        string explained = Spud.Run("explain", "--set", "cache=compressed").Succeeded().Output;
        Assert.Contains(", per head", explained);
        Assert.Contains("this cache decides what to keep every 64 tokens", explained);
    }
}
