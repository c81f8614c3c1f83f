using Spud;

namespace Wrapper;

/// <summary>Decorators: each is built on another component of its role, knows what that one knows, and adds a little.</summary>
public sealed class WrapperPlugin : ISpudPlugin
{
    public void Register(IPluginRegistry registry)
    {
        registry.AddHead("biased", WrapperJson.Default.WrapperOptions, Inner, static (options, build) => new BiasedHead(options, build));
        registry.AddAttention("counted", WrapperJson.Default.WrapperOptions, Inner, static (options, build) => new CountedAttention(options, build));
        registry.AddCache("counted", WrapperJson.Default.WrapperOptions, Inner, static (options, build) => new CountedCache(options, build));
        registry.AddRouter("capped", WrapperJson.Default.CappedOptions, static (options, offers) => offers.Of(options.Inner), static (options, build) => new CappedRouter(options, build));
        registry.AddFold("serving", WrapperJson.Default.ServingOptions, new Offer(), static (options, build, inner) => new ServingFold(options, build, inner));
        registry.AddExperts("scaled", WrapperJson.Default.WrapperOptions, Inner, static (options, build) => new ScaledExperts(options, build));
    }

    private static Offer Inner(WrapperOptions options, IOffers offers) => options.HidesOffer ? new Offer() : offers.Of(options.Inner);
}
