"""The cheapest model of bench/models/words in FastAPI: an async function, which FastAPI runs without a thread."""

from fastapi import FastAPI
from pydantic import BaseModel


class Input(BaseModel):
    content: str


class Request(BaseModel):
    inputs: Input


class Response(BaseModel):
    outputs: int


app = FastAPI()


@app.post("/v1/model/words/predict")
async def predict(request: Request) -> Response:
    return Response(outputs=len(request.inputs.content.split(" ")))
