using System.Globalization;
using Crossbench.Datasets;
using Crossbench.Models;
using Crossbench.Runs;
using Crossbench.Web.Components.Pages;
using Microsoft.AspNetCore.Components.Endpoints;

namespace Crossbench.Web;

/// <summary>Answers 404 where a page is asked for something that is not there. The page comes all the same: it says so in words, with what is nearest.</summary>
internal static class UnknownAddress
{
    private static readonly Dictionary<Type, Func<string, IServiceProvider, bool>> Known = new()
    {
        [typeof(DatasetDetails)] = (id, _) => DatasetCatalog.Find(id) is not null,
        [typeof(ArchitectureDetails)] = (id, _) => ModelZoo.Find(id) is not null,
        [typeof(RunDetails)] = (id, services) => RunId.TryParse(id, CultureInfo.InvariantCulture, out var run) && services.GetRequiredService<IRunStore>().Find(run) is not null,
        [typeof(SuiteDetails)] = (id, services) => services.GetRequiredService<ISuiteStore>().FindSuiteById(id) is not null,
    };

    /// <summary>Looks at a request before its page is drawn.</summary>
    public static Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var page = context.GetEndpoint()?.Metadata.GetMetadata<ComponentTypeMetadata>()?.Type;
        if (page is not null && Known.TryGetValue(page, out var isKnown) && context.GetRouteValue("Id") is string id && !isKnown(id, context.RequestServices))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        }

        return next(context);
    }
}
