using System.Net;
using System.Text.Json;
using Crossbench.Runs;
using Crossbench.Tests.Reports;
using Crossbench.Tests.Runs;
using Crossbench.Web;
using Crossbench.Web.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Crossbench.Tests.Web;

/// <summary>The endpoints of the real host, over a real store.</summary>
public sealed class ApiTests : IAsyncLifetime
{
    private readonly TestStore _store = new();
    private readonly HttpClient _client = new(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false });
    private WebApplication? _app;
    private RunId _gated;
    private RunId _plain;

    public async ValueTask InitializeAsync()
    {
        _gated = SampleResults.Gated(_store);
        _plain = SampleResults.Plain(_store);
        await StartAsync("127.0.0.1", null);
    }

    public async ValueTask DisposeAsync()
    {
        await _app!.StopAsync();
        await _app.DisposeAsync();
        _client.Dispose();
        _store.Dispose();
    }

    [Fact]
    public async Task Runs_AreFilteredAndPaged()
    {
        var all = await JsonOf("api/runs");
        Assert.Equal((2, 0), (all.GetProperty("total").GetInt32(), all.GetProperty("offset").GetInt32()));
        Assert.Equal([_plain.Value, _gated.Value], all.GetProperty("runs").EnumerateArray().Select(run => run.GetProperty("id").GetString()));
        var second = await JsonOf("api/runs?offset=1&limit=1&order=newest");
        Assert.Equal((2, _gated.Value), (second.GetProperty("total").GetInt32(), Assert.Single(second.GetProperty("runs").EnumerateArray()).GetProperty("id").GetString()));
        var filtered = Assert.Single((await JsonOf("api/runs?filter=mig&status=completed,failed")).GetProperty("runs").EnumerateArray());
        Assert.Equal(("gated", "mig", "sparse_signal", 3, "completed", ""), (Text(filtered, "name"), Text(filtered, "architecture"), Text(filtered, "dataset"), filtered.GetProperty("seed").GetInt32(), Text(filtered, "status"), Text(filtered, "source")));
        Assert.Equal(4.2, filtered.GetProperty("evalLoss").GetDouble(), 1e-9);
        Assert.Empty((await JsonOf("api/runs?status=queued")).GetProperty("runs").EnumerateArray());
    }

    [Fact]
    public async Task Run_HasItsSpecification_AndTheNamesOfItsMetrics()
    {
        var run = await JsonOf($"api/runs/{_gated}");
        Assert.Equal("mig", run.GetProperty("spec").GetProperty("architecture").GetProperty("id").GetString());
        Assert.Equal(_store.Store.Metrics(_gated), run.GetProperty("metrics").EnumerateArray().Select(item => item.GetString()));
        Assert.Equal(_store.Store.ReadLog(_gated, -1).Select(line => line.Text), run.GetProperty("log").EnumerateArray().Select(line => Text(line, "text")));
    }

    [Fact]
    public async Task Series_AreReadOnFromAStep()
    {
        var whole = await JsonOf($"api/runs/{_gated}/series/train.loss");
        Assert.Equal([1, 2, 3, 4, 5, 6], whole.GetProperty("steps").EnumerateArray().Select(step => step.GetInt32()));
        Assert.Equal(SampleResults.Losses.Select(loss => loss + 0.003), whole.GetProperty("values").EnumerateArray().Select(value => value.GetDouble()));
        var rest = await JsonOf($"api/runs/{_gated}/series/train.loss?after=4");
        Assert.Equal([5, 6, 6], rest.GetProperty("steps").EnumerateArray().Append(rest.GetProperty("last")).Select(step => step.GetInt32()));
        Assert.Equal(6, (await JsonOf($"api/runs/{_gated}/series/train.loss?after=6")).GetProperty("last").GetInt32());
        Assert.Equal(3, (await JsonOf($"api/runs/{_gated}/series/layer0.gateMean")).GetProperty("steps").GetArrayLength());
        Assert.Empty((await JsonOf($"api/runs/{_plain}/series/eval.loss.answer")).GetProperty("steps").EnumerateArray());
    }

    [Fact]
    public async Task NotANumber_IsNull()
    {
        var id = _store.Running();
        _store.Store.Append(id, [TestStore.Point(1, double.NaN)]);
        Assert.Equal(JsonValueKind.Null, (await JsonOf($"api/runs/{id}/series/train.loss")).GetProperty("values")[0].ValueKind);
    }

    [Fact]
    public async Task EvaluationsReportAndExport_AreThoseOfTheRun()
    {
        var evaluation = Assert.Single((await JsonOf($"api/runs/{_gated}/evaluations")).EnumerateArray());
        Assert.Equal(("held-out", 6, 4.17), (Text(evaluation, "set"), evaluation.GetProperty("step").GetInt32(), Math.Round(evaluation.GetProperty("low").GetDouble(), 9)));
        Assert.Equal(_gated.Value, Text((await JsonOf($"api/runs/{_gated}/report")).GetProperty("crossbench"), "run_id"));
        foreach (var (format, type, beginning) in new[] { ("csv", "text/csv", "run,name"), ("html", "text/html", "<!DOCTYPE"), ("markdown", "text/markdown", "# gated"), ("latex", "application/x-tex", "% gated"), ("jsonl", "application/jsonl", "{\"step\":1") })
        {
            var answer = await _client.GetAsync(At($"api/runs/{_gated}/export?format={format}"), TestContext.Current.CancellationToken);
            Assert.Equal((HttpStatusCode.OK, type), (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
            Assert.Equal("attachment", answer.Content.Headers.ContentDisposition!.DispositionType);
            Assert.StartsWith(beginning, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("api/runs/zzzzzzzzzzzz", 404, "There is no run zzzzzzzzzzzz.")]
    [InlineData("api/runs/..%2Fetc", 404, "There is no run")]
    [InlineData("api/runs/GATED/series/none", 404, "The run has no metric none.")]
    [InlineData("api/nothing", 404, "There is nothing at /api/nothing.")]
    [InlineData("api/runs?limit=0", 400, "limit: \"0\" is not a whole number from 1 to 1000.")]
    [InlineData("api/runs?status=done&colour=red", 400, "colour: There is no such parameter.")]
    [InlineData("api/runs?status=done&colour=red", 400, "status: \"done\" is not known.")]
    [InlineData("api/runs?order=3", 400, "order: \"3\" is not known.")]
    [InlineData("api/runs/GATED/export?format=pdf", 400, "format: \"pdf\" is not known.")]
    [InlineData("api/runs/GATED/series", 400, "metric: There is none. Name one at the end of the address")]
    [InlineData("api/runs/GATED/series/?after=x", 400, "metric: There is none.")]
    [InlineData("api/runs/GATED/series/?after=x", 400, "after: \"x\" is not a whole number")]
    [InlineData("api/runs/zzzzzzzzzzzz/series/", 404, "There is no run zzzzzzzzzzzz.")]
    [InlineData("api/series", 400, "metrics: There is none.")]
    [InlineData("api/runs/GATED/series/train.loss?after=x", 400, "after: \"x\" is not a whole number")]
    public async Task Mistakes_AreJsonProblems(string path, int status, string sentence)
    {
        var answer = await _client.GetAsync(At(path.Replace("GATED", _gated.Value, StringComparison.Ordinal)), TestContext.Current.CancellationToken);
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        Assert.Contains(sentence, Text(JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement, "detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Endpoints_StandBehindTheGuardsOfThePages_AndOnlyRead()
    {
        using var foreign = new HttpRequestMessage(HttpMethod.Get, At("api/runs"));
        foreign.Headers.Add("Origin", "http://evil.example");
        Assert.Equal(HttpStatusCode.Forbidden, (await _client.SendAsync(foreign, TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await _client.DeleteAsync(At($"api/runs/{_gated}"), TestContext.Current.CancellationToken)).StatusCode);
        Assert.NotNull(_store.Store.Find(_gated));

        await _app!.StopAsync(TestContext.Current.CancellationToken);
        await _app.DisposeAsync();
        await StartAsync("0.0.0.0", new LoginToken());
        Assert.Equal(HttpStatusCode.Unauthorized, (await _client.GetAsync(At("api/runs"), TestContext.Current.CancellationToken)).StatusCode);
    }

    [Fact]
    public async Task SeriesOfManyRuns_AreEveryPointAsCsv()
    {
        var answer = await _client.GetAsync(At($"api/series?runs={_gated},{_plain}&metrics=train.loss,layer0.gateMean"), TestContext.Current.CancellationToken);
        var lines = (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("text/csv", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal("run,name,architecture,dataset,seed,metric,step,tokens,value", lines[0]);
        var expected = new[] { _gated, _plain }.SelectMany(id => new[] { "train.loss", "layer0.gateMean" }.SelectMany(metric =>
        {
            var (run, series) = (_store.Store.Find(id)!, _store.Store.ReadSeries(id, metric, -1));
            return series.Steps.Zip(series.Values, (step, value) => FormattableString.Invariant($"{id},{run.Spec.Name},{run.Spec.Architecture.Id},{run.Spec.Dataset.Id},{run.Spec.Seed},{metric},{step},{step * run.Spec.Training.BatchSize * run.Spec.Shape.ContextLength},{value:R}"));
        })).ToArray();
        Assert.True(expected.Length > 10);
        Assert.Equal(expected, lines[1..]);
        Assert.Equal(HttpStatusCode.BadRequest, (await _client.GetAsync(At($"api/series?runs={_gated},zzzzzzzzzzzz&metrics=train.loss"), TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await _client.GetAsync(At("api/series?runs=&metrics=&step=3"), TestContext.Current.CancellationToken)).StatusCode);
    }

    private async Task StartAsync(string host, LoginToken? token)
    {
        var options = new ServeOptions(_store.Folder, host, 0);
        _app = WebHost.Build(options, IPAddress.Loopback, token, services => services.AddCrossbench(options.Data));
        await _app.StartAsync();
    }

    private async Task<JsonElement> JsonOf(string path)
    {
        var answer = await _client.GetAsync(At(path), TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, text);
        Assert.Equal("application/json", answer.Content.Headers.ContentType!.MediaType);
        return JsonDocument.Parse(text).RootElement;
    }

    private Uri At(string path) => new(_app!.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single() + "/" + path);

    private static string Text(JsonElement parent, string key) => parent.GetProperty(key).GetString()!;
}
