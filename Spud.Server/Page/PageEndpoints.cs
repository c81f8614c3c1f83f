using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Spud.Server.Page;

/// <summary>The page at <c>/</c>, which needs no key: it holds nothing and asks for one itself; and <c>/status</c>, which it shows.</summary>
internal static class PageEndpoints
{
    // Text of a model can neither run as a script nor load anything, even if it were taken for markup.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    /// <summary>Adds the endpoints.</summary>
    public static void Map(IEndpointRouteBuilder app)
    {
        MapFile(app, "/", "page.html", "text/html; charset=utf-8");
        MapFile(app, "/page.css", "page.css", "text/css; charset=utf-8");
        MapFile(app, "/page.js", "page.js", "text/javascript; charset=utf-8");
        MapFile(app, "/icon.svg", "icon.svg", "image/svg+xml");
        app.MapGet("/status", StatusEndpoint.GetAsync);
    }

    private static void MapFile(IEndpointRouteBuilder app, string path, string resource, string type) =>
        app.MapGet(path, (HttpResponse response) => File(response, resource, type)).WithMetadata(new AllowAnonymousAttribute());

    private static FileStreamHttpResult File(HttpResponse response, string resource, string type)
    {
        IHeaderDictionary headers = response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.CacheControl = "no-cache";
        return TypedResults.Stream(typeof(PageEndpoints).Assembly.GetManifestResourceStream(resource) ?? throw new InvalidOperationException($"The program lacks its resource {resource}."), type);
    }
}
