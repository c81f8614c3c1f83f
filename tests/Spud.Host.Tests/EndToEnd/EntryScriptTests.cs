namespace Spud.Host.Tests.EndToEnd;

public sealed class EntryScriptTests
{
    [Fact]
    public void Without_dotnet_the_script_says_what_to_install()
    {
        Spud.Shell("PATH=/nowhere ./spud --version").Refused(1, ".NET 10 SDK", "https://");
    }
}
